using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Tracking;

/// <summary>MLflow's REST API 2.0 on one server.</summary>
/// <param name="http">Sends the requests; its timeout is that of one request.</param>
/// <param name="access">Where the server is, and its login.</param>
public sealed class MlflowClient(HttpClient http, IMlflowAccess access)
{
    private const string Root = "/api/2.0/mlflow/";

    /// <summary>The server.</summary>
    public IMlflowAccess Access => access;

    /// <summary>Sends a document to an operation such as <c>runs/create</c>.</summary>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    /// <exception cref="TrackerException">The server cannot be reached, does not answer or refuses the login.</exception>
    public Task<JsonObject> PostAsync(string operation, JsonObject request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, operation, "", Encoding.UTF8.GetBytes(request.ToJsonString(RunJson.Compact)), cancellationToken);

    /// <summary>Asks an operation such as <c>runs/get</c>.</summary>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    /// <exception cref="TrackerException">The server cannot be reached, does not answer or refuses the login.</exception>
    public Task<JsonObject> GetAsync(string operation, CancellationToken cancellationToken, params (string Name, string Value)[] query) => SendAsync(
        HttpMethod.Get, operation, "?" + string.Join('&', query.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}")), [], cancellationToken);

    private async Task<JsonObject> SendAsync(HttpMethod method, string operation, string query, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(access.Root, Root + operation + query));
            if (method == HttpMethod.Post)
            {
                request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            }

            await access.AuthorizeAsync(request, body, cancellationToken);
            using var response = await http.SendAsync(request, cancellationToken);
            return Read(operation, response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            throw new TrackerException($"It cannot be reached: {exception.Message.TrimEnd('.')}.", exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TrackerException($"It did not answer {operation} within {http.Timeout.InWords()}.", exception);
        }
        catch (Amazon.Runtime.AmazonClientException exception)
        {
            throw new TrackerException($"The request could not be signed: {exception.Message}", exception);
        }
    }

    private JsonObject Read(string operation, HttpStatusCode status, string text)
    {
        var answer = Parse(text);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new TrackerException($"It refuses the login (HTTP {(int)status}{Said(answer)}). {access.LoginHint}");
        }

        if ((int)status is >= 200 and < 300 && answer is not null)
        {
            return answer;
        }

        var code = answer?["error_code"]?.ToString();
        throw code is null or "INTERNAL_ERROR" || (int)status >= 500
            ? new TrackerException($"It answered {operation} with HTTP {(int)status}{Said(answer)}.")
            : new MlflowException(code, $"It refused {operation} ({code}{Said(answer)}).");
    }

    private static string Said(JsonObject? answer) =>
        (answer?["message"] ?? answer?["Message"])?.ToString().ReplaceLineEndings(" ").Trim().TrimEnd('.') is { Length: > 0 } message ? $": {(message.Length <= 300 ? message : message[..300] + "…")}" : "";

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An MLflow server refused a request.</summary>
/// <param name="code">MLflow's error code, for example <c>RESOURCE_DOES_NOT_EXIST</c>.</param>
public sealed class MlflowException(string code, string message) : Exception(message)
{
    /// <summary>MLflow's error code, for example <c>RESOURCE_DOES_NOT_EXIST</c>.</summary>
    public string Code { get; } = code;

    /// <summary>True if what was asked for is not there.</summary>
    public bool IsNotFound => Code == "RESOURCE_DOES_NOT_EXIST";

    /// <summary>True if what was to be created is there already.</summary>
    public bool IsExisting => Code == "RESOURCE_ALREADY_EXISTS";
}
