using BuildPipeline.Sandbox.Terraform.Protocol;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Tests.Terraform;

public sealed class HeldAnswersTests
{
    private readonly Dictionary<object, object?> _connection = [];

    [Fact]
    public async Task Given_AHeldAnswer_When_TerraformIsInterrupted_Then_ItEnds()
    {
        var held = HeldAnswers.WaitAsync("aws_iam_role", _connection, CancellationToken.None);

        HeldAnswers.Stop(_connection);

        await Assert.ThrowsAsync<ResourceError>(() => held);
    }

    // The order that terraform itself takes now and then: it calls Stop, and the change that it has announced comes after.
    [Fact]
    public async Task Given_AnInterruptedTerraform_When_ItBeginsAChange_Then_NothingIsHeld()
    {
        HeldAnswers.Stop(_connection);

        await Assert.ThrowsAsync<ResourceError>(() => HeldAnswers.WaitAsync("aws_iam_role", _connection, CancellationToken.None));
    }

    [Fact]
    public async Task Given_TwoTerraforms_When_OneIsInterrupted_Then_TheOthersAnswerIsHeld()
    {
        using var gone = new CancellationTokenSource();
        var held = HeldAnswers.WaitAsync("aws_iam_role", new Dictionary<object, object?>(), gone.Token);

        HeldAnswers.Stop(_connection);

        Assert.False(held.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
    }
}
