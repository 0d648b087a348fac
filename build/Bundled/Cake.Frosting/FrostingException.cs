namespace Cake.Frosting;

/// <summary>The host cannot do what it is set up to do.</summary>
internal sealed class FrostingException : Exception
{
    public FrostingException(string message)
        : base(message)
    {
    }
}
