using System.Text.RegularExpressions;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Tracking;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed partial class MlflowFormTests
{
    [Theory]
    [InlineData("train:loss", "train/loss")]
    [InlineData("/a//b/", "a/b")]
    [InlineData("../up", "__/up")]
    [InlineData("lr (é)", "lr _é_")]
    [InlineData("::", "_")]
    public void Given_a_name_that_MLflow_refuses_When_mapped_Then_it_takes_it(string name, string expected) =>
        Assert.Equal(expected, MlflowForm.Names([name])[name]);

    [Property(MaxTest = 500)]
    public Property Given_any_names_When_mapped_Then_each_is_valid_and_different_names_stay_different() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>[]>(),
        names =>
        {
            var distinct = names.Select(name => name.Get).Distinct().ToList();
            var mapped = MlflowForm.Names(distinct);
            return mapped.Values.Distinct().Count() == distinct.Count && mapped.Values.All(
                name => name.Length is > 0 and <= 250 && Valid().IsMatch(name) && !name.Split('/').Any(part => part is "" or "." or ".."));
        });

    [Fact]
    public void Given_values_that_are_too_long_When_mapped_Then_they_are_cut_without_splitting_a_character_and_counted()
    {
        var run = new TrackedRun
        {
            RunId = "r",
            Name = "job",
            StartedAt = DateTimeOffset.UnixEpoch,
            State = TrackedState.Running,
            Params = new Dictionary<string, string> { ["a"] = new string('x', 5999) + "😀", ["b"] = new string('x', 6000) },
            Tags = new Dictionary<string, string> { ["pipeline.commit"] = "abc", ["t"] = new string('x', 5001) },
            Metrics = [new MetricPoint("a:b", 1, DateTimeOffset.UnixEpoch.AddTicks(15_000), 1), new MetricPoint("a/b", 1, DateTimeOffset.UnixEpoch, 2)],
        };

        var form = MlflowForm.Create(run);

        Assert.Equal((5999, 6000, 5000), (form.Params["a"].Length, form.Params["b"].Length, form.Tags["t"].Length));
        Assert.Equal(2, MlflowForm.CountCut(run));
        Assert.Equal("abc", form.Tags["mlflow.source.git.commit"]);
        Assert.Equal(["a/b_2", "a/b"], form.Metrics.Select(point => point.Name));
        Assert.Equal(1, form.Metrics[0].At.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000", null)]
    [InlineData("https://mlflow.example/", null)]
    [InlineData("arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-1", null)]
    [InlineData("https://mlflow.example/team", "with a path")]
    [InlineData("https://mlflow.example?a=b", "with a path")]
    [InlineData("mlflow.example:5000", "without a scheme")]
    [InlineData("/mlruns", "without a scheme")]
    [InlineData("file:///mlruns", "with the scheme file")]
    [InlineData("arn:aws:s3:::bucket", "without a scheme")]
    [InlineData("https://user:secret@mlflow.example", "with credentials")]
    public void Given_a_URI_When_checked_Then_the_problem_is_named_and_a_password_is_not(string uri, string? problem)
    {
        var problems = MlflowAddress.Problems(new TrackingSpec { MlflowServers = [new MlflowServerSpec { Uri = uri, Experiment = "a/b" }] });

        Assert.Equal(problem is null ? 0 : 1, problems.Count);
        Assert.All(problems, text => Assert.Contains(problem!, text, StringComparison.Ordinal));
        Assert.All(problems, text => Assert.DoesNotContain("secret", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_other_settings_When_checked_Then_each_problem_is_named()
    {
        var server = new MlflowServerSpec { Uri = "http://127.0.0.1:5000", Experiment = " " };

        var problems = MlflowAddress.Problems(new TrackingSpec { MlflowServers = [server, server], RegisterModel = new RegisterModelSpec { Name = "a/b" } });

        Assert.Equal(4, problems.Count);
        Assert.Empty(MlflowAddress.Problems(null));
    }

    [Fact]
    public void Given_an_ARN_When_read_Then_endpoint_signing_name_and_header_are_those_of_AWSs_plugin()
    {
        var server = Assert.IsType<ManagedMlflow>(MlflowAddress.Parse("arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/team"));
        var app = Assert.IsType<ManagedMlflow>(MlflowAddress.Parse("arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-1"));

        Assert.Equal(("https://eu-west-1.experiments.sagemaker.aws/", "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn"), (server.Endpoint.ToString(), server.SigningName, server.ArnHeader));
        Assert.Equal(("https://mlflow.sagemaker.eu-west-1.app.aws/", "sagemaker", "x-sm-mlflow-app-arn"), (app.Endpoint.ToString(), app.SigningName, app.ArnHeader));
    }

    [GeneratedRegex(@"\A[/\w.\- ]*\z")]
    private static partial Regex Valid();
}
