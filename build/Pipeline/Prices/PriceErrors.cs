namespace BuildPipeline.Prices;

/// <summary>Errors of prices.</summary>
public static class PriceErrors
{
    public static readonly ErrorCode UnknownInstanceType = new(
        "BP1221", ExitCode.BadConfiguration, "SageMaker has no training instance of this type.",
        "Use the type that the message suggests.");

    public static readonly ErrorCode InvalidPriceUrl = new(
        "BP1222", ExitCode.BadConfiguration, "`AWS_ENDPOINT_URL_PRICING` is not a URL.",
        "Set it to `https://HOST`, or unset it.");
}
