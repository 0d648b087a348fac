using System.Text.Json;
using Amazon.SageMaker.Model;
using BuildPipeline.JobLogs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Pipeline.Tests.Reporting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Training;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Secrets;

/// <summary>A program that fails may say a secret: it is cut where its text enters the record of the run, so nothing that is made of the record has it.</summary>
public sealed class ProgramTextTests
{
    // Assembled, so no scanner takes this file for a leak.
    private static readonly string[] Secrets =
    [
        "gh" + "p_" + new string('q', 36), "AKIA" + "QQQQQQQQQQQQQQQQ", "hf" + "_" + new string('q', 34), "qqqq1qqqqQ", "https://qqqq:" + "qqqqqqqq@h.example",
        "-----BEGIN " + "RSA PRIVATE KEY-----\nqqqqqqqq\nqqqqqqqq", "qqqqqqqq\nqqqqqqqq\n-----END " + "PRIVATE KEY-----", "Bearer " + new string('q', 20),
    ];

    private static readonly string[] Pieces =
    [
        "HF_TOKEN=", "password: ", "--api-key ", "--api-key\n", "api_key = \"", "secret:\n", "Traceback (most recent call last):", "ValueError: ", "\n", "\r\n", " ", " ", "step=12", "'", "\"", "\\", "{",
        "word", "(cut: looks like a secret)", "ü", "\t", "=", ":", "AlgorithmError: ", ", exit code: 1", "SecretUnavailable - ",
    ];

    private static readonly Arbitrary<string> Texts =
        Gen.ListOf(Gen.Frequency((3, Gen.Elements(Pieces)), (1, Gen.Elements(Secrets).Select(secret => $" {secret} ")))).Select(pieces => string.Concat(pieces.Take(10))).ToArbitrary();

    [Property(MaxTest = 500)]
    public Property Given_AnyText_When_Cut_Then_TheScanFindsNothingAndWhatStaysIsItsBeginning() => Prop.ForAll(Texts, text =>
    {
        var cut = SecretScan.CutSecret(text);

        Assert.False(SecretValues.HoldsSecret(cut), cut);
        Assert.Equal(SecretValues.SecretAt(text) is null, cut == text);
        Assert.StartsWith(cut.Split("(cut: looks like")[0].TrimEnd(), text, StringComparison.Ordinal);
        Assert.Equal(cut, SecretScan.CutSecret(cut));
    });

    [Property(MaxTest = 300)]
    public Property Given_AProgramThatSaysASecretAsItFails_When_ItsRunIsRecorded_Then_NoProjectionOfTheRecordHasIt() => Prop.ForAll(Texts, Texts, (said, logged) =>
    {
        var job = TestRuns.Described("Failed", "Failed", new SecondaryStatusTransition { Status = "Failed", StatusMessage = said, StartTime = TestRuns.Start.UtcDateTime });
        job.FailureReason = $"AlgorithmError: {said}, exit code: 1";
        var attempt = JobState.Seen(TestRuns.Intent, job, ratePerHour: null) with { FailureLog = FailureLog.From(job.FailureReason, [new("algo-1", [said, .. logged.Split('\n')])]) };
        var run = TestRuns.Run with { Attempts = [attempt] };
        var record = RunDocument.Create(run);

        // A line that is nothing but an option makes the scan of a list doubt the next one, whatever it is.
        Assert.All(attempt.FailureLog!.Lines, line => Assert.False(SecretValues.HoldsSecret(line), line));
        Assert.Empty(SecretScan.Find([new("", RunDocument.Create(run with { Attempts = [attempt with { FailureLog = null }] }).ToJsonString())]));
        foreach (var projection in new[] { record.ToJsonString(), Written.Markdown(run, Sample.Noon), Written.Html(run, Sample.Noon), JsonSerializer.Serialize(RunTrackingView.Create(run, []).Tags), attempt.OutcomeSentence! })
        {
            Assert.All(Secrets.SelectMany(secret => secret.Split('\n')).Where(part => part.Contains("qqq", StringComparison.Ordinal) && IsSaid(part, said, logged)), part => Assert.DoesNotContain(part, projection, StringComparison.Ordinal));
        }
    });

    [Fact]
    public void Given_ASecretThatCouldNotBeRead_When_ItsRunIsRecorded_Then_ItsNameStays()
    {
        var job = TestRuns.Described("Failed", "Failed");
        job.FailureReason = "AlgorithmError: SecretUnavailable - HF_TOKEN cannot be read from ssm:/team/hf-token (ParameterNotFound: none), exit code: 1";

        var attempt = JobState.Seen(TestRuns.Intent, job, ratePerHour: null);

        Assert.Equal((OutcomeKind.SecretUnavailable, job.FailureReason), (attempt.Outcome, attempt.FailureReason));
        Assert.Contains("HF_TOKEN cannot be read from ssm:/team/hf-token", attempt.OutcomeSentence, StringComparison.Ordinal);
    }

    // "qqqq1qqqqQ" is one only where a name before it says so.
    private static bool IsSaid(string part, string said, string logged) =>
        part != "qqqq1qqqqQ" && (said.Contains(part, StringComparison.Ordinal) || logged.Contains(part, StringComparison.Ordinal));
}
