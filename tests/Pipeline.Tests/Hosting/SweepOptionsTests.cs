using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Pipeline.Tests.Training;

namespace BuildPipeline.Pipeline.Tests.Hosting;

/// <summary>Which options and targets work on a sweep.</summary>
public sealed class SweepOptionsTests : IDisposable
{
    private const string Id = "sweep-20260131-120000-1a2b";

    private readonly TempFolder _root = new();

    public SweepOptionsTests() => _root.Write("sweep.json", "{}");

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("--target=CostGate", "--sweep=sweep.json")]
    [InlineData("--target=Launch", "--sweep=sweep.json")]
    [InlineData("--target=Launch", $"--run={Id}")]
    [InlineData("--target=Resume", $"--run={Id}")]
    [InlineData("--target=Status", $"--run={Id}")]
    [InlineData("--target=Stop", $"--run={Id}")]
    public void Given_ASweep_When_Read_Then_OneTaskDoesWhatTheTargetAsksFor(params string[] arguments)
    {
        var options = Read(arguments);

        Assert.True(options.IsSweep);
        Assert.Equal(arguments[0], $"--target={options.Target}");
        Assert.Equal("--target=Sweep", Assert.Single(options.CakeArguments, argument => argument.StartsWith("--target=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("BP1007", "--target=Plan", "--sweep=sweep.json")]
    [InlineData("BP1007", "--target=Launch", "--sweep=sweep.json", "--run=latest")]
    [InlineData("BP1007", "--target=Launch", "--sweep=sweep.json", "--detach")]
    [InlineData("BP1007", "--target=Logs", $"--run={Id}")]
    [InlineData("BP1007", "--target=Launch", "--parallel=2")]
    [InlineData("BP1009", "--target=Launch", "--sweep=missing.json")]
    [InlineData("BP1003", "--target=Sweep", "--sweep=sweep.json")]
    public void Given_WhatDoesNotWorkOnASweep_When_Read_Then_ItIsRefused(string error, params string[] arguments) =>
        Assert.Equal(error, Assert.Throws<PipelineException>(() => Read(arguments)).Code.Id);

    private PipelineOptions Read(string[] arguments) => CommandLine.Read(arguments, [.. Targets.All.Select(target => target.Name)], _root.Root);
}
