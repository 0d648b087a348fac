using BuildPipeline.Sandbox.Hosting;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Tests.Hosting;

public sealed class OptionsTests
{
    [Fact]
    public void Given_only_a_state_folder_When_parsed_Then_the_port_is_free_and_idleness_ends_after_15_minutes()
    {
        var options = SandboxOptions.Parse(["--sandbox-state=x"]);

        Assert.Equal(new SandboxOptions(Path.GetFullPath("x"), 0, TimeSpan.FromMinutes(15)), options);
    }

    [Fact]
    public void Given_zero_idle_minutes_When_parsed_Then_the_sandbox_never_ends_for_idleness()
    {
        var options = SandboxOptions.Parse(["--sandbox-state=x", "--port=8080", "--idle-minutes=0", "--old-bucket-defaults"]);

        Assert.Equal((8080, true), (options!.Port, options.OldBucketDefaults));
        Assert.Null(options.Idle);
    }

    [Theory]
    [InlineData("--sandbox-state= ", "--sandbox-state=DIR is missing")]
    [InlineData("--stat=x", "Unknown option '--stat=x'")]
    [InlineData("--port=65536", "--port must be a whole number from 0 to 65535")]
    [InlineData("--port=-1", "--port must be")]
    [InlineData("--idle-minutes=soon", "--idle-minutes must be a number from 0 to 1440")]
    public void Given_a_bad_option_When_parsed_Then_one_sentence_says_which(string option, string sentence)
    {
        var refusal = Assert.Throws<StartupException>(() => SandboxOptions.Parse([option]));

        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_help_When_parsed_Then_there_are_no_options() => Assert.Null(SandboxOptions.Parse(["--help"]));
}
