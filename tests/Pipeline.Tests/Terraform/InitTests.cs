using BuildPipeline.Terraform;
using BuildPipeline.Pipeline.Tests.Tasks;

namespace BuildPipeline.Pipeline.Tests.Terraform;

/// <summary>When terraform is initialised.</summary>
public sealed class InitTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData("infra/main.tf", 2)]
    [InlineData("infra/environments/sandbox.s3.tfbackend", 2)]
    public async Task Given_AnInitialisedFolder_When_UsedAgain_Then_ItIsInitialisedAgainOnlyWhereItChanged(string? changed, int inits)
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        Task UseAsync() => flow.Stack.OutputsAsync(new TerraformCall(flow.Files.Terraform, Path.Combine(flow.Call.Options.ArtifactsFolder, "terraform.log"), default));
        await UseAsync();
        if (changed is not null)
        {
            File.AppendAllText(Path.Combine(flow.Call.Options.RepositoryRoot, changed), "\n# changed\n");
        }

        await UseAsync();

        Assert.Equal(inits, flow.Terraform.Names.Count(name => name == "init"));
    }
}
