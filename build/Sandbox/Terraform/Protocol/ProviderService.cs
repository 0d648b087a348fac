using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Terraform.DataSources;
using BuildPipeline.Sandbox.Terraform.Planning;
using BuildPipeline.Sandbox.Terraform.Protocol.Messages;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;
using Google.Protobuf.Collections;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>The provider as terraform calls it. Whatever goes wrong comes back as a diagnostic, never as a broken call.</summary>
internal sealed class ProviderService(
    AwsSchema schema, SandboxSettings settings, ResourceOperations operations, DataSourceReader dataSources, HeldAnswers held)
    : Provider.ProviderBase
{
    // The schema is the one answer that is longer than an HTTP/2 window. A window update that arrives as such an answer ends can make Kestrel
    // lose the next answer on that connection, for which terraform then waits without end (dotnet/aspnetcore issue 53736). So the connection
    // takes no further call, and terraform opens another.
    public override Task<GetProviderSchema.Types.Response> GetSchema(GetProviderSchema.Types.Request request, ServerCallContext context)
    {
        context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
        return Task.FromResult(schema.Describe());
    }

    public override Task<PrepareProviderConfig.Types.Response> PrepareProviderConfig(
        PrepareProviderConfig.Types.Request request, ServerCallContext context)
    {
        var response = new PrepareProviderConfig.Types.Response { PreparedConfig = request.Config };
        return Guard(response, response.Diagnostics, () =>
            response.Diagnostics.Add(ProviderRules.CheckRegion(request.Config.Decode(schema.Provider)!).Select(WireValues.Diagnose)));
    }

    public override Task<Configure.Types.Response> Configure(Configure.Types.Request request, ServerCallContext context)
    {
        var response = new Configure.Types.Response();
        return Guard(response, response.Diagnostics, () =>
        {
            var config = request.Config.Decode(schema.Provider)!;
            response.Diagnostics.Add(ProviderRules.CheckAccount(config, settings.AccountId).Select(WireValues.Diagnose));
            ProviderConfigurations.Set(ConnectionItems.Get(context), ProviderConfiguration.From(config, settings));
        });
    }

    public override Task<ValidateResourceTypeConfig.Types.Response> ValidateResourceTypeConfig(
        ValidateResourceTypeConfig.Types.Request request, ServerCallContext context)
    {
        var response = new ValidateResourceTypeConfig.Types.Response();
        return Guard(response, response.Diagnostics, () => response.Diagnostics.Add(
            ResourceOperations.Validate(request.TypeName, request.Config.Decode(schema.Resources[request.TypeName])!)
                .Select(WireValues.Diagnose)));
    }

    public override Task<ValidateDataSourceConfig.Types.Response> ValidateDataSourceConfig(
        ValidateDataSourceConfig.Types.Request request, ServerCallContext context)
    {
        var response = new ValidateDataSourceConfig.Types.Response();
        return Guard(response, response.Diagnostics, () => response.Diagnostics.Add(
            DataSourceReader.Validate(request.TypeName, request.Config.Decode(schema.DataSources[request.TypeName])!)
                .Select(WireValues.Diagnose)));
    }

    public override Task<UpgradeResourceState.Types.Response> UpgradeResourceState(
        UpgradeResourceState.Types.Request request, ServerCallContext context)
    {
        var response = new UpgradeResourceState.Types.Response();
        return Guard(response, response.Diagnostics, () =>
        {
            var block = schema.Resources[request.TypeName];
            response.UpgradedState = ((MapValue?)JsonCodec.Decode(JsonNode.Parse(request.RawState.Json.Span), block.Type)).Encode(block);
        });
    }

    public override Task<ReadResource.Types.Response> ReadResource(ReadResource.Types.Request request, ServerCallContext context)
    {
        var response = new ReadResource.Types.Response { Private = request.Private };
        return GuardAsync(response, response.Diagnostics, async () =>
        {
            var block = schema.Resources[request.TypeName];
            var state = await operations.ReadAsync(request.TypeName, request.CurrentState.Decode(block)!, ProviderConfigurations.Get(ConnectionItems.Get(context)));
            response.NewState = state.Encode(block);
        });
    }

    public override Task<PlanResourceChange.Types.Response> PlanResourceChange(
        PlanResourceChange.Types.Request request, ServerCallContext context)
    {
        var response = new PlanResourceChange.Types.Response
        {
            LegacyTypeSystem = true,
            PlannedPrivate = request.PriorPrivate,
            PlannedState = request.ProposedNewState,
        };
        return Guard(response, response.Diagnostics, () =>
        {
            var block = schema.Resources[request.TypeName];
            if (request.ProposedNewState.Decode(block) is null)
            {
                return;
            }

            var prior = request.PriorState.Decode(block);
            var plan = new Planner(ResourceCatalog.Find(request.TypeName), block, ProviderConfigurations.Get(ConnectionItems.Get(context)))
                .Plan(prior, request.Config.Decode(block)!);
            response.PlannedState = plan.Planned.Encode(block);
            response.RequiresReplace.Add(plan.RequiresReplace.Select(WireValues.PathOf));
            if (plan.Planned != prior && RecordedOnlyTypes.All.TryGetValue(request.TypeName, out var consequence))
            {
                response.Diagnostics.Add(WireValues.Warn(
                    $"{request.TypeName}: recorded only",
                    $"The sandbox keeps {request.TypeName} in its records and does not emulate it: {consequence}. AWS would."));
            }
        });
    }

    public override async Task<ApplyResourceChange.Types.Response> ApplyResourceChange(
        ApplyResourceChange.Types.Request request, ServerCallContext context)
    {
        // Until the change is made, the state is what it was.
        var response = new ApplyResourceChange.Types.Response
        {
            LegacyTypeSystem = true,
            Private = request.PlannedPrivate,
            NewState = request.PriorState,
        };
        return await GuardAsync(response, response.Diagnostics, async () =>
        {
            var fault = held.Take(request.TypeName);
            if (fault == FaultKind.Timeout)
            {
                await HeldAnswers.WaitAsync(request.TypeName, ConnectionItems.Get(context), context.CancellationToken);
            }

            var block = schema.Resources[request.TypeName];
            using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(
                HeldAnswers.Interruption(ConnectionItems.Get(context)), context.CancellationToken);
            var state = await operations.ApplyAsync(
                request.TypeName, request.PriorState.Decode(block), request.PlannedState.Decode(block), ProviderConfigurations.Get(ConnectionItems.Get(context)),
                ResourceCatalog.Find(request.TypeName).Effects is { TakesTime: true } ? interrupted.Token : context.CancellationToken);
            if (fault == FaultKind.DropResponse)
            {
                await HeldAnswers.WaitAsync(request.TypeName, ConnectionItems.Get(context), context.CancellationToken);
            }

            response.NewState = state.Encode(block);
        });
    }

    public override Task<ImportResourceState.Types.Response> ImportResourceState(
        ImportResourceState.Types.Request request, ServerCallContext context)
    {
        var response = new ImportResourceState.Types.Response();
        return GuardAsync(response, response.Diagnostics, async () =>
        {
            var state = await operations.ImportAsync(request.TypeName, request.Id, ProviderConfigurations.Get(ConnectionItems.Get(context)));
            response.ImportedResources.Add(new ImportResourceState.Types.ImportedResource
            {
                TypeName = request.TypeName,
                State = state.Encode(schema.Resources[request.TypeName]),
            });
        });
    }

    public override Task<ReadDataSource.Types.Response> ReadDataSource(ReadDataSource.Types.Request request, ServerCallContext context)
    {
        var response = new ReadDataSource.Types.Response();
        return GuardAsync(response, response.Diagnostics, async () =>
        {
            if (held.Take(request.TypeName) is not null)
            {
                await HeldAnswers.WaitAsync(request.TypeName, ConnectionItems.Get(context), context.CancellationToken);
            }

            var block = schema.DataSources[request.TypeName];
            var state = await dataSources.ReadAsync(request.TypeName, request.Config.Decode(block)!, ProviderConfigurations.Get(ConnectionItems.Get(context)));
            response.State = state.Encode(block);
        });
    }

    public override Task<Stop.Types.Response> Stop(Stop.Types.Request request, ServerCallContext context)
    {
        HeldAnswers.Stop(ConnectionItems.Get(context));
        return Task.FromResult(new Stop.Types.Response());
    }

    private static Task<T> Guard<T>(T response, RepeatedField<Diagnostic> diagnostics, Action action) =>
        GuardAsync(response, diagnostics, () =>
    {
        action();
        return Task.CompletedTask;
    });

    private static async Task<T> GuardAsync<T>(T response, RepeatedField<Diagnostic> diagnostics, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (ResourceError error)
        {
            diagnostics.Add(error.Diagnose());
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            diagnostics.Add(new ResourceError("The sandbox's provider failed", exception.Message).Diagnose());
        }

        return response;
    }
}
