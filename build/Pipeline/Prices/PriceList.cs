using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuildPipeline.Accounts;

namespace BuildPipeline.Prices;

/// <summary>AWS's bulk price list of SageMaker: downloaded at most once a day, its training rates kept in a folder.</summary>
/// <remarks>An unreachable or refused list fails nothing: what was kept before is used, or the caller's next source.</remarks>
public sealed class PriceList(IAccount account, string folder, HttpClient http, TimeProvider time, string? variable = null)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(1);

    /// <summary>The list of a region with many offers has hundreds of megabytes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Another place of the list, as the variable AWS_ENDPOINT_URL_PRICING names it; null if it names none.</summary>
    /// <exception cref="PipelineException">It is not an address (exit code 2).</exception>
    public static Uri? AddressIn(string? variable) =>
        string.IsNullOrEmpty(variable) ? null
        : Uri.TryCreate(variable, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address
        : throw new PipelineException(PriceErrors.InvalidPriceUrl, $"AWS_ENDPOINT_URL_PRICING is '{variable}', which is not a valid URL. Set it to https://HOST, or unset it.");

    /// <summary>The training rates of a region.</summary>
    /// <returns>Null rates where there are none; a note where the list could not be used as it should.</returns>
    internal async Task<(KeptRates? Rates, string? Note)> ReadAsync(string region, CancellationToken cancellationToken)
    {
        var address = new Uri(AddressIn(variable) ?? account.PriceLists, $"/offers/v1.0/aws/AmazonSageMaker/current/{region}/index.json");
        var file = Path.Combine(folder, $"{address.Host}-{region}.json");
        var kept = Kept(file, address);
        if (kept is not null && time.GetUtcNow() - kept.DownloadedAt < GoodFor)
        {
            return (kept, null);
        }

        try
        {
            var fresh = await DownloadAsync(address, region, cancellationToken);
            Directory.CreateDirectory(folder);
            WholeFile.Write(file, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(fresh, RunJson.Indented) + "\n"));
            return (fresh, null);
        }
        catch (PriceListException refusal)
        {
            return (kept, $"The AWS price list at {address} was rejected: {refusal.Message}. {Instead(kept)}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var reason = exception is OperationCanceledException ? "it did not respond in time" : exception.Message.TrimEnd('.');
            return (kept, $"The AWS price list at {address} could not be read ({reason}). {Instead(kept)}.");
        }
    }

    private async Task<KeptRates> DownloadAsync(Uri address, string region, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
        answer.EnsureSuccessStatusCode();
        using var sha256 = SHA256.Create();
        await using var body = new CryptoStream(await answer.Content.ReadAsStreamAsync(either.Token), sha256, CryptoStreamMode.Read);
        var (published, rates) = await PriceListParser.ReadAsync(body, region, either.Token);
        return new KeptRates(KeptRates.CurrentFormat, address, time.GetUtcNow(), published, Convert.ToHexStringLower(sha256.Hash!), rates);
    }

    private static KeptRates? Kept(string file, Uri address)
    {
        try
        {
            return File.Exists(file)
                && JsonSerializer.Deserialize<KeptRates>(File.ReadAllBytes(file), RunJson.Indented) is { Format: KeptRates.CurrentFormat } kept
                && kept.Address == address
                    ? kept
                    : null;
        }
        catch (JsonException)
        {
            // It is downloaded again.
            return null;
        }
    }

    private static string Instead(KeptRates? kept) => kept is null
        ? "The project's dated table is used instead"
        : $"The list downloaded on {kept.DownloadedAt:yyyy-MM-dd} is used instead";
}

/// <summary>The training rates of one region, as they are kept.</summary>
/// <param name="Format">Format of the file.</param>
/// <param name="Address">Where they were downloaded from.</param>
/// <param name="DownloadedAt">When.</param>
/// <param name="Published">When AWS published them.</param>
/// <param name="Sha256">Digest of the whole list, hex.</param>
/// <param name="Rates">Dollars a node-hour by instance type.</param>
internal sealed record KeptRates(
    string Format, Uri Address, DateTimeOffset DownloadedAt, DateOnly Published, string Sha256, IReadOnlyDictionary<string, decimal> Rates)
{
    public const string CurrentFormat = "training-rates/1";
}
