using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Terraform;

/// <summary>A version of the Terraform state.</summary>
/// <param name="Lineage">ID that a state keeps as long as it exists; empty before the first state is written.</param>
/// <param name="Serial">Raised by each change.</param>
public sealed record StateVersion(string Lineage, long Serial)
{
    // Entry of a plan file, which is a zip archive: the state that the plan was made from.
    private const string PriorState = "tfstate";

    /// <summary>The version of a state.</summary>
    /// <param name="state">The state; null if none was written yet.</param>
    public static StateVersion Of(JsonObject? state) => state is null
        ? new("", 0)
        : new(state["lineage"]?.GetValue<string>() ?? "", state["serial"]?.GetValue<long>() ?? 0);

    /// <summary>The version that a saved plan was made from; null if the file does not tell.</summary>
    /// <param name="planFile">Absolute path of the plan file.</param>
    public static StateVersion? OfPlan(string planFile)
    {
        try
        {
            using var archive = ZipFile.OpenRead(planFile);
            using var content = archive.GetEntry(PriorState)?.Open();
            return content is null ? null : Of(JsonNode.Parse(content)!.AsObject());
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True if terraform applies a plan that was made from <paramref name="planned"/> to this version: it compares the serial and, where there was a state, the lineage.</summary>
    public bool Takes(StateVersion planned) => planned.Serial == Serial && (planned == new StateVersion("", 0) || planned.Lineage == Lineage);
}
