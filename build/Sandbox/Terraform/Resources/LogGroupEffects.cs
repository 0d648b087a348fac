using System.Globalization;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes log groups those of the sandbox's CloudWatch Logs.</summary>
internal sealed class LogGroupEffects : IResourceEffects
{
    public Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var name = state.Text("name")!;
        try
        {
            if (prior is null)
            {
                context.Services.Logs.CreateGroup(name);
            }

            var group = context.Services.Logs.Group(name);
            group.Save(group.Info with { RetentionInDays = RetentionOf(state), KmsKeyId = KeyOf(state) });
            return Task.FromResult(state);
        }
        catch (AwsError error)
        {
            var (verb, operation) = prior is null ? ("creating", "CreateLogGroup") : ("updating", "PutRetentionPolicy");
            throw ResourceError.FromApi(
                $"{verb} CloudWatch Logs Log Group ({name})", $"CloudWatch Logs: {operation}", error.Status, error.Code, error.Message);
        }
    }

    public Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (context.Services.Logs.Exists(state.Text("name")!))
        {
            context.Services.Logs.DeleteGroup(state.Text("name")!);
        }

        return Task.CompletedTask;
    }

    public Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) =>
        Task.FromResult(context.Services.Logs.Exists(state.Text("name")!) ? Read(context.Services.Logs.Group(state.Text("name")!).Info, state) : null);

    private static MapValue Read(LogGroupInfo info, MapValue state) => state
        .With("retention_in_days", info.RetentionInDays ?? 0)
        .With("kms_key_id", info.KmsKeyId == KeyOf(state) ? state["kms_key_id"] : info.KmsKeyId);

    private static int? RetentionOf(MapValue state) =>
        state.Text("retention_in_days") is { } days and not "0" ? int.Parse(days, CultureInfo.InvariantCulture) : null;

    private static string? KeyOf(MapValue state) => state.Text("kms_key_id") is { Length: > 0 } key ? key : null;
}
