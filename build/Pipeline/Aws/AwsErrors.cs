using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>What kind of failure a call to AWS met.</summary>
public enum AwsErrorKind
{
    /// <summary>Something else: the service's own words are all there is.</summary>
    Other,

    /// <summary>Too many requests; waiting helps.</summary>
    Throttled,

    /// <summary>No answer, a cut answer or an error inside the service; asking again helps.</summary>
    Transient,

    /// <summary>The credentials were good and are no longer.</summary>
    ExpiredCredentials,

    /// <summary>There are no credentials, or AWS does not know them.</summary>
    NoCredentials,

    /// <summary>The credentials may not do this.</summary>
    AccessDenied,

    /// <summary>It does not exist.</summary>
    NotFound,

    /// <summary>The name is taken.</summary>
    InUse,

    /// <summary>A service quota is used up.</summary>
    Quota,

    /// <summary>The service refuses the request's content.</summary>
    Invalid,
}

/// <summary>Turns what the SDK throws into kinds that code decides by and sentences that people read.</summary>
public static partial class AwsErrors
{
    private static readonly Dictionary<string, AwsErrorKind> Codes = new(StringComparer.Ordinal)
    {
        ["Throttling"] = AwsErrorKind.Throttled,
        ["ThrottlingException"] = AwsErrorKind.Throttled,
        ["ThrottledException"] = AwsErrorKind.Throttled,
        ["RequestThrottled"] = AwsErrorKind.Throttled,
        ["RequestThrottledException"] = AwsErrorKind.Throttled,
        ["TooManyRequestsException"] = AwsErrorKind.Throttled,
        ["RequestLimitExceeded"] = AwsErrorKind.Throttled,
        ["SlowDown"] = AwsErrorKind.Throttled,
        ["RequestTimeout"] = AwsErrorKind.Transient,
        ["RequestTimeoutException"] = AwsErrorKind.Transient,
        ["InternalError"] = AwsErrorKind.Transient,
        ["InternalFailure"] = AwsErrorKind.Transient,
        ["ServiceUnavailable"] = AwsErrorKind.Transient,
        ["RequestTimeTooSkewed"] = AwsErrorKind.Transient,
        ["RequestInTheFuture"] = AwsErrorKind.Transient,
        ["ExpiredToken"] = AwsErrorKind.ExpiredCredentials,
        ["ExpiredTokenException"] = AwsErrorKind.ExpiredCredentials,
        ["RequestExpired"] = AwsErrorKind.ExpiredCredentials,
        ["TokenRefreshRequired"] = AwsErrorKind.ExpiredCredentials,
        ["MissingAuthenticationToken"] = AwsErrorKind.NoCredentials,
        ["MissingAuthenticationTokenException"] = AwsErrorKind.NoCredentials,
        ["UnrecognizedClientException"] = AwsErrorKind.NoCredentials,
        ["InvalidClientTokenId"] = AwsErrorKind.NoCredentials,
        ["InvalidAccessKeyId"] = AwsErrorKind.NoCredentials,
        ["InvalidToken"] = AwsErrorKind.NoCredentials,
        ["SignatureDoesNotMatch"] = AwsErrorKind.NoCredentials,
        ["InvalidSignatureException"] = AwsErrorKind.NoCredentials,
        ["AuthFailure"] = AwsErrorKind.NoCredentials,
        ["AccessDenied"] = AwsErrorKind.AccessDenied,
        ["AccessDeniedException"] = AwsErrorKind.AccessDenied,
        ["UnauthorizedOperation"] = AwsErrorKind.AccessDenied,
        ["ResourceNotFound"] = AwsErrorKind.NotFound,
        ["ResourceNotFoundException"] = AwsErrorKind.NotFound,
        ["NoSuchKey"] = AwsErrorKind.NotFound,
        ["NoSuchBucket"] = AwsErrorKind.NotFound,
        ["NoSuchVersion"] = AwsErrorKind.NotFound,
        ["ResourceInUse"] = AwsErrorKind.InUse,
        ["ResourceInUseException"] = AwsErrorKind.InUse,
        ["ResourceLimitExceeded"] = AwsErrorKind.Quota,
        ["ResourceLimitExceededException"] = AwsErrorKind.Quota,
        ["ServiceQuotaExceededException"] = AwsErrorKind.Quota,
    };

    // How the SDK starts its sentence on a source of credentials that is not set up: environment variables, a web identity, an instance role.
    private static readonly string[] UnusedSources = ["The environment variables ", "The webIdentityTokenFile must be ", "Failed to connect to EC2 instance metadata"];

    /// <summary>True if the exception is the outcome of a call to AWS, and not the caller's own cancellation or a bug.</summary>
    public static bool IsAwsError(Exception exception, CancellationToken cancellationToken) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or SocketException or TimeoutException
        || IsBrokenAnswer(exception)
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>True if the same call may well succeed later.</summary>
    public static bool IsTransient(Exception exception) => Classify(exception) is AwsErrorKind.Throttled or AwsErrorKind.Transient;

    /// <summary>True if the credentials were good and are no longer, or their source gives no new ones; false where a service does not know them.</summary>
    public static bool IsEndOfCredentials(Exception exception) => Classify(exception) switch
    {
        AwsErrorKind.ExpiredCredentials => true,
        AwsErrorKind.NoCredentials => exception is AmazonClientException,
        _ => false,
    };

    /// <summary>The kind of a failure.</summary>
    public static AwsErrorKind Classify(Exception exception) => exception switch
    {
        // An unknown training job is answered with a ValidationException; only the text tells it apart.
        AmazonServiceException { ErrorCode: "ValidationException" } service
            when service.Message.Contains("Requested resource not found", StringComparison.OrdinalIgnoreCase) => AwsErrorKind.NotFound,
        AmazonServiceException { ErrorCode: { } code } when Codes.TryGetValue(code, out var fault) => fault,
        AmazonServiceException service => OfStatus(service),
        // A source of credentials asked STS, and was refused.
        AmazonClientException { InnerException: AmazonServiceException refused } => Classify(refused),
        AmazonClientException client when IsAboutCredentials(client) => AwsErrorKind.NoCredentials,
        // What the SDK refuses by itself, without a call: a setting.
        AmazonClientException { InnerException: null or not (HttpRequestException or IOException or SocketException or OperationCanceledException) } => AwsErrorKind.Invalid,
        _ => AwsErrorKind.Transient,
    };

    /// <summary>One sentence on a failure: what happened, where, what to do; never with anything secret in it.</summary>
    /// <param name="exception">What the SDK threw.</param>
    /// <param name="doing">What was being done, for example <c>creating the training job x</c>.</param>
    /// <param name="connection">Where.</param>
    public static PipelineException ToPipelineException(Exception exception, string doing, AwsConnection connection)
    {
        var (code, sentence) = Classify(exception) switch
        {
            AwsErrorKind.NoCredentials => (AccountErrors.NoCredentials,
                $"No valid AWS credentials for {doing}{OwnMessage(exception)}. Sign in (for example with \"aws sso login\") or set AWS_PROFILE, and run it again."),
            AwsErrorKind.ExpiredCredentials => (AccountErrors.ExpiredCredentials,
                $"The AWS credentials expired while {doing}. Get new ones and run it again: progress is recorded and will be resumed."),
            AwsErrorKind.AccessDenied => (AccountErrors.AccessDenied,
                $"AWS denied {doing}: {MessageOf(exception)} Grant these credentials the permission, or use others."),
            AwsErrorKind.Throttled => (AccountErrors.Throttled,
                $"AWS kept throttling while {doing}. Wait a few minutes and run it again."),
            AwsErrorKind.Transient => (AccountErrors.Unreachable,
                $"The request to {connection.Name} failed while {doing}: {MessageOf(exception)} Check the network and run it again."),
            AwsErrorKind.Quota => (AccountErrors.OverQuota,
                $"Service quota exceeded while {doing}: {MessageOf(exception)} Request an increase in Service Quotas, or wait until other jobs end."),
            AwsErrorKind.Invalid => (AccountErrors.RequestRejected, $"AWS rejected the request while {doing}: {MessageOf(exception)}"),
            _ => (AccountErrors.ServiceError, $"AWS returned an error while {doing}: {MessageOf(exception)}"),
        };
        return new PipelineException(code, sentence, exception);
    }

    // An answer that breaks off is an IOException like that of a file: only the network's own kinds are AWS's.
    private static bool IsBrokenAnswer(Exception exception) =>
        exception is HttpIOException or IOException { InnerException: SocketException or System.Security.Authentication.AuthenticationException };

    private static AwsErrorKind OfStatus(AmazonServiceException exception) => exception.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => AwsErrorKind.Throttled,
        HttpStatusCode.NotFound => AwsErrorKind.NotFound,
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => AwsErrorKind.AccessDenied,
        HttpStatusCode.RequestTimeout => AwsErrorKind.Transient,
        >= HttpStatusCode.InternalServerError => AwsErrorKind.Transient,
        HttpStatusCode.BadRequest => AwsErrorKind.Invalid,
        // No status at all: the connection broke before or within the answer.
        0 => AwsErrorKind.Transient,
        _ => AwsErrorKind.Other,
    };

    private static bool IsAboutCredentials(AmazonClientException exception) =>
        exception.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("profile", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("SSO", StringComparison.Ordinal);

    // What the SDK says before any call names a setting; what a service says of a signature may repeat the request.
    private static string OwnMessage(Exception exception) => exception is AmazonClientException ? $" ({CauseOf(MessageOf(exception)).TrimEnd('.')})" : "";

    // Where no source has credentials, the SDK lists each. Those that nobody has set up are no cause.
    private static string CauseOf(string message)
    {
        var sources = SourcePattern().Split(message);
        List<string> causes = [.. sources.Skip(1).Select(source => source.Trim().TrimEnd('.')).Where(source => !UnusedSources.Any(source.StartsWith))];
        return causes.Count > 0 ? string.Join("; ", causes) : sources[0].Split(". ")[0];
    }

    /// <summary>The service's message as one sentence that ends with a full stop.</summary>
    public static string MessageOf(Exception exception)
    {
        var line = exception.Message.ReplaceLineEndings(" ").Trim();
        return line.Length == 0 ? $"{exception.GetType().Name}." : line[^1] is '.' or '!' or '?' ? line : line + ".";
    }

    [GeneratedRegex("Exception [0-9]+ of [0-9]+:")]
    private static partial Regex SourcePattern();
}
