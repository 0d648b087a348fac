using System.Text.Json;

namespace BuildPipeline.Sandbox.Models;

/// <summary>The services of AWS that the sandbox emulates, out of service-models.json and support.json.</summary>
internal static class ServiceModels
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<ModelDocument> Document = new(Read);

    /// <summary>Where the models come from, with the version.</summary>
    public static string Source => Document.Value.Source;

    /// <summary>By the names of their models, for example <c>service-quotas</c>.</summary>
    public static IReadOnlyDictionary<string, ServiceModel> All => Document.Value.Services;

    private static ModelDocument Read()
    {
        var document = Load<ModelDocument>("service-models.json");
        var support = Load<Dictionary<string, Dictionary<string, OperationSupport>>>("support.json");
        return document with
        {
            Services = document.Services.ToDictionary(
                service => service.Key, service => service.Value with { Support = support[service.Key] }, StringComparer.Ordinal),
        };
    }

    private static T Load<T>(string name)
    {
        using var content = typeof(ServiceModels).Assembly.GetManifestResourceStream(name)!;
        return JsonSerializer.Deserialize<T>(content, Options)!;
    }

    private sealed record ModelDocument(string Source, IReadOnlyDictionary<string, ServiceModel> Services);
}
