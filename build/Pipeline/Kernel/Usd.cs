using System.Globalization;

namespace BuildPipeline.Kernel;

/// <summary>An amount of US dollars, exact to the last decimal.</summary>
/// <param name="Amount">Dollars.</param>
public readonly record struct Usd(decimal Amount) : IComparable<Usd>
{
    /// <summary>No money.</summary>
    public static Usd Zero => default;

    /// <inheritdoc/>
    public int CompareTo(Usd other) => Amount.CompareTo(other.Amount);

    /// <summary>The next full cent at or above: what is asked for and approved never understates.</summary>
    public Usd RoundedUpToCents() => new(decimal.Ceiling(Amount * 100) / 100);

    /// <summary>For people: two decimals from ten cents on, four below, where two would hide the figure; less than four can show is never shown as nothing.</summary>
    public override string ToString() => Amount is > 0 and < 0.00005m ? "<$0.0001"
        : (Amount < 0 ? "-$" : "$") + Math.Abs(Amount).ToString(Amount != 0 && Math.Abs(Amount) < 0.1m ? "0.0000" : "#,##0.00", CultureInfo.InvariantCulture);

    /// <summary>Sum.</summary>
    public static Usd operator +(Usd left, Usd right) => new(left.Amount + right.Amount);

    /// <summary>Difference.</summary>
    public static Usd operator -(Usd left, Usd right) => new(left.Amount - right.Amount);

    /// <summary>A multiple, for example a rate times hours.</summary>
    public static Usd operator *(Usd amount, decimal factor) => new(amount.Amount * factor);

    /// <summary>Less than.</summary>
    public static bool operator <(Usd left, Usd right) => left.Amount < right.Amount;

    /// <summary>More than.</summary>
    public static bool operator >(Usd left, Usd right) => left.Amount > right.Amount;

    /// <summary>At most.</summary>
    public static bool operator <=(Usd left, Usd right) => left.Amount <= right.Amount;

    /// <summary>At least.</summary>
    public static bool operator >=(Usd left, Usd right) => left.Amount >= right.Amount;
}
