using System.Globalization;
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
        if (state.Text("kms_key_id") is { Length: > 0 })
        {
            throw new ResourceError(
                "The sandbox does not emulate kms_key_id", "Its CreateLogGroup refuses a key too: nothing here encrypts log groups.", "kms_key_id");
        }

        try
        {
            if (prior is null)
            {
                context.Logs.CreateGroup(name);
            }

            context.Logs.SetRetention(name, RetentionOf(state));
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
        if (context.Logs.Exists(state.Text("name")!))
        {
            context.Logs.DeleteGroup(state.Text("name")!);
        }

        return Task.CompletedTask;
    }

    public Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var name = state.Text("name")!;
        return Task.FromResult(context.Logs.Exists(name)
            ? state.With("retention_in_days", context.Logs.Group(name).Info.RetentionInDays ?? 0)
            : null);
    }

    private static int? RetentionOf(MapValue state) =>
        state.Text("retention_in_days") is { } days and not "0" ? int.Parse(days, CultureInfo.InvariantCulture) : null;
}
