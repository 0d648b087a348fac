using System.Text.RegularExpressions;
using BuildPipeline.Jobs;

namespace BuildPipeline.Tracking;

/// <summary>Where an MLflow server is.</summary>
public abstract partial record MlflowAddress
{
    private const string Forms = "http://HOST:PORT, https://HOST:PORT, or the ARN of a SageMaker MLflow tracking server or app";

    /// <summary>What is wrong with tracking settings, one clause each; empty if nothing is. Terraform holds the variables against the same rules.</summary>
    public static IReadOnlyList<string> Problems(TrackingSpec? tracking) => tracking is null ? [] :
    [
        .. tracking.MlflowServers.Select(server => ProblemOf(server.Uri)).OfType<string>(),
        .. tracking.MlflowServers.Where(server => server.Experiment.Trim().Length == 0).Select(server => $"mlflow_servers has no experiment for \"{Shown(server.Uri)}\""),
        .. tracking.MlflowServers.GroupBy(server => (server.Uri, server.Experiment)).Where(group => group.Count() > 1)
            .Select(group => $"mlflow_servers has \"{Shown(group.Key.Uri)}\" with the experiment {group.Key.Experiment} twice"),
        .. tracking.RegisterModel is { Name: var name } && !ModelName().IsMatch(name) ? [$"register_model has the name \"{name}\"; it takes letters, digits, hyphens and underscores"] : Array.Empty<string>(),
    ];

    /// <summary>Reads an address that has no problem.</summary>
    public static MlflowAddress Parse(string uri) => ArnPattern().Match(uri) is { Success: true } arn
        ? new ManagedMlflow(uri, arn.Groups["region"].Value, arn.Groups["type"].Value == "mlflow-app")
        : new PlainMlflow(new Uri(uri));

    private static string? ProblemOf(string uri)
    {
        if (ArnPattern().IsMatch(uri))
        {
            return null;
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || !uri.Contains("://", StringComparison.Ordinal))
        {
            return $"mlflow_servers has the URI \"{Shown(uri)}\" without a scheme; it takes {Forms}";
        }

        var what = parsed.Scheme is not ("http" or "https") ? $"with the scheme {parsed.Scheme}"
            : parsed.UserInfo.Length > 0 ? "with credentials, which belong into environment variables"
            : parsed.AbsolutePath != "/" || parsed.Query.Length + parsed.Fragment.Length > 0 ? "with a path"
            : null;
        return what is null ? null : $"mlflow_servers has the URI \"{Shown(uri)}\" {what}; it takes {Forms}";
    }

    // What stands before an @ may be a password.
    private static string Shown(string uri) => uri.LastIndexOf('@') is >= 0 and var at ? "..." + uri[at..] : uri;

    [GeneratedRegex(@"\Aarn:aws(-us-gov)?:sagemaker:(?<region>[a-z0-9-]+):\d{12}:(?<type>mlflow-tracking-server|mlflow-app)/[A-Za-z0-9-]{1,256}\z")]
    private static partial Regex ArnPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex ModelName();
}

/// <summary>A server that is reached by its own address.</summary>
/// <param name="Root">Scheme, host and port.</param>
public sealed record PlainMlflow(Uri Root) : MlflowAddress;

/// <summary>A server of SageMaker's managed MLflow.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Region">Its region.</param>
/// <param name="IsApp">True for an MLflow app, false for a tracking server.</param>
/// <remarks>Endpoints, signing names and headers are those of AWS's own plugin, github.com/aws/sagemaker-mlflow.</remarks>
public sealed record ManagedMlflow(string Arn, string Region, bool IsApp) : MlflowAddress
{
    /// <summary>The name that requests are signed for.</summary>
    public string SigningName => IsApp ? "sagemaker" : "sagemaker-mlflow";

    /// <summary>The header that has the ARN.</summary>
    public string ArnHeader => IsApp ? "x-sm-mlflow-app-arn" : "x-mlflow-sm-tracking-server-arn";

    /// <summary>AWS's endpoint.</summary>
    public Uri Endpoint => new(IsApp ? $"https://mlflow.sagemaker.{Region}.app.aws" : $"https://{Region}.experiments.sagemaker.aws");
}
