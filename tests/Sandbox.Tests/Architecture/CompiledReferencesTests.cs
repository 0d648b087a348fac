using BuildPipeline.Architecture;

namespace BuildPipeline.Sandbox.Tests.Architecture;

public sealed class CompiledReferencesTests
{
    private static readonly IReadOnlySet<(Type From, Type To)> References = CompiledReferences.Of(typeof(CompiledReferencesTests).Assembly);

    [Theory]
    [InlineData(typeof(UsesInALambda))]
    [InlineData(typeof(UsesInAnAsyncMethod))]
    [InlineData(typeof(UsesAsTypeArgument))]
    [InlineData(typeof(UsesResultWithoutNamingItsType))]
    [InlineData(typeof(UsesInACatch))]
    [InlineData(typeof(UsesInAnAttribute))]
    public void Given_AUseThatOnlyABodyOrAnAttributeHas_When_Read_Then_ItIsFound(Type user) => Assert.Contains((user, typeof(UsedType)), References);

    [Fact]
    public void Given_AnUnrelatedType_When_Read_Then_ThereIsNoReference() =>
        Assert.DoesNotContain((typeof(UsedTypeFactory), typeof(UsesInALambda)), References);
}

internal sealed class UsedType : Exception;

internal static class UsedTypeFactory
{
    public static UsedType Make() => new();
}

internal static class UsesInALambda
{
    public static Func<object> Make(int count) => () => new object[] { new UsedType(), count };
}

internal static class UsesInAnAsyncMethod
{
    public static async Task<object> MakeAsync()
    {
        await Task.Yield();
        return new UsedType();
    }
}

internal static class UsesAsTypeArgument
{
    public static bool Has(IEnumerable<object> items) => items.OfType<UsedType>().Any();
}

internal static class UsesResultWithoutNamingItsType
{
    public static void Fail() => throw UsedTypeFactory.Make();
}

internal static class UsesInACatch
{
    public static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (UsedType)
        {
            return false;
        }
    }
}

[System.ComponentModel.TypeConverter(typeof(UsedType))]
internal static class UsesInAnAttribute;
