using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CodeBuild;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Secrets;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.CodeBuild;

public sealed class CodeBuildTests : IDisposable
{
    private const string Waiting = "while :; do sleep 0.05; done";

    private readonly CodeBuildHarness _harness = new();

    private CodeBuildService Service => _harness.Service;

    public void Dispose() => _harness.Dispose();

    [SkippableFact]
    [Effect("CreateProject", "name", "description", "source.type", "source.buildspec", "environment.environmentVariables[].name", "environment.environmentVariables[].value",
        "serviceRole", "logsConfig.cloudWatchLogs.status", "logsConfig.cloudWatchLogs.groupName", "logsConfig.cloudWatchLogs.streamName", "tags[].key", "tags[].value")]
    [Effect("BatchGetProjects", "names")]
    [Effect("StartBuild", "projectName")]
    [Effect("BatchGetBuilds", "ids")]
    [Effect("ListBuildsForProject", "projectName", "sortOrder", "nextToken")]
    public async Task Given_a_project_When_it_is_built_Then_its_commands_run_as_its_role_and_the_log_has_their_output()
    {
        SkipWithoutShell();
        await CreateAsync(["echo $MINE $CODEBUILD_BUILD_NUMBER $AWS_ENDPOINT_URL", "echo ${AWS_ACCESS_KEY_ID%????????????????} $HOME", "(exit 75)"],
            "\"description\":\"d\",\"tags\":[{\"key\":\"team\",\"value\":\"x\"}]", "{\"groupName\":\"g\",\"streamName\":\"s\",\"status\":\"ENABLED\"}");

        var (first, second) = (await StartAsync(), await FinishedAsync(await StartAsync()));
        first = await FinishedAsync(first);

        Assert.Equal(("FAILED", true, "sandbox"), ((string)first["buildStatus"]!, (bool)first["buildComplete"]!, (string)first["initiator"]!));
        Assert.Equal(
            ["SUBMITTED SUCCEEDED", "QUEUED SUCCEEDED", "PROVISIONING SUCCEEDED", "DOWNLOAD_SOURCE SUCCEEDED", "BUILD FAILED", "FINALIZING FAILED", "COMPLETED "],
            first["phases"]!.AsArray().Select(phase => $"{phase!["phaseType"]} {phase["phaseStatus"]}"));
        Assert.Contains("75", (string)first["phases"]![4]!["contexts"]![0]!["message"]!, StringComparison.Ordinal);
        var lines = _harness.LinesOf("g", (string)first["logs"]!["streamName"]!);
        Assert.Contains("of the project 1 http://127.0.0.1:9", lines);
        Assert.StartsWith("ASIA /", Assert.Single(lines, line => line.StartsWith("ASIA", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("s/", (string)first["logs"]!["streamName"]!, StringComparison.Ordinal);

        var ids = new[] { (string)first["id"]!, (string)second["id"]! };
        Assert.Equal(ids, await ListAsync(",\"sortOrder\":\"ASCENDING\""));
        Assert.Equal(ids.Reverse(), await ListAsync(""));
        Assert.Equal(ids.Skip(1), await ListAsync(",\"sortOrder\":\"ASCENDING\",\"nextToken\":\"1\""));
        var found = await Service.CallAsync("BatchGetProjects", $$"""{"names":["{{CodeBuildHarness.ProjectArn}}","none"]}""");
        Assert.Equal("""{"key":"team","value":"x"}""", found["projects"]![0]!["tags"]![0]!.ToJsonString());
        Assert.Equal("none", (string)Assert.Single(found["projectsNotFound"]!.AsArray())!);
        Assert.Equal("none:1", (string)Assert.Single((await Service.CallAsync("BatchGetBuilds", """{"ids":["none:1"]}"""))["buildsNotFound"]!.AsArray())!);
    }

    [SkippableFact]
    [Effect("CreateProject", "concurrentBuildLimit", "timeoutInMinutes")]
    [Effect("StopBuild", "id")]
    public async Task Given_a_limit_of_one_build_When_another_is_started_Then_it_is_refused_and_a_build_ends_by_a_stop_or_the_timeout()
    {
        SkipWithoutShell();
        await CreateAsync([Waiting], "\"concurrentBuildLimit\":1,\"timeoutInMinutes\":5");
        var first = await StartAsync();

        Assert.True(_harness.Scheduler.Busy);
        Assert.Equal("AccountLimitExceededException", (await Service.RefusedAsync("StartBuild", """{"projectName":"keeper"}""")).Code);
        await Service.CallAsync("StopBuild", $$"""{"id":"{{first["id"]}}"}""");
        Assert.Equal("STOPPED", (string)(await FinishedAsync(first))["buildStatus"]!);
        Assert.Equal("ResourceNotFoundException", (await Service.RefusedAsync("StopBuild", """{"id":"none:1"}""")).Code);

        var limit = _harness.Time.NextWait;
        var second = await StartAsync();
        await limit;
        _harness.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("TIMED_OUT", (string)(await FinishedAsync(second))["buildStatus"]!);
    }

    [SkippableFact]
    public async Task Given_a_role_that_may_not_write_the_log_When_a_build_starts_Then_it_fails_before_its_commands()
    {
        SkipWithoutShell();
        await CreateAsync(["echo x"]);
        _harness.Roles.With(null, CodeBuildHarness.Role, CodeBuildHarness.Trusting("codebuild"));

        var build = await FinishedAsync(await StartAsync());

        Assert.Equal(("FAILED", "ACCESS_DENIED"), ((string)build["buildStatus"]!, (string)build["phases"]![2]!["contexts"]![0]!["statusCode"]!));
    }

    [SkippableTheory]
    [Effect("CreateProject", "environment.environmentVariables[].type")]
    [InlineData("ssm:GetParameters", "/of/the/test", "BUILD SUCCEEDED")]
    [InlineData("ssm:GetParameters", "/of/another", "DOWNLOAD_SOURCE FAILED")]
    [InlineData("ssm:GetParameter", "/of/the/test", "DOWNLOAD_SOURCE FAILED")]
    public async Task Given_a_variable_of_Parameter_Store_When_built_Then_its_role_has_to_read_it_and_the_log_hides_it(string action, string name, string phase)
    {
        SkipWithoutShell();
        _harness.Parameters.In("us-east-1").Put("/of/the/test", new Parameter("/of/the/test", "SecureString", "hidden-value", 1, default));
        _harness.Roles.With(
            $"{{'Effect':'Allow','Action':['logs:*','{action}'],'Resource':['arn:aws:logs:*','arn:aws:ssm:us-east-1:*:parameter/of/*']}}",
            CodeBuildHarness.Role, CodeBuildHarness.Trusting("codebuild"));
        var project = JsonNode.Parse(Project(["echo ${#TOKEN} $TOKEN"]))!;
        project["environment"]!["environmentVariables"] = JsonNode.Parse($$"""[{"name":"TOKEN","value":"{{name}}","type":"PARAMETER_STORE"}]""");
        await Service.CallAsync("CreateProject", project.ToJsonString());

        var build = await FinishedAsync(await StartAsync());

        Assert.Contains(phase, build["phases"]!.AsArray().Select(known => $"{known!["phaseType"]} {known["phaseStatus"]}"));
        var lines = _harness.LinesOf((string)build["logs"]!["groupName"]!, (string)build["logs"]!["streamName"]!);
        Assert.Equal(phase.StartsWith("BUILD", StringComparison.Ordinal), lines.Contains("12 ***"));
    }

    [Fact]
    [Effect("UpdateProject", "name", "description", "source.type", "source.location", "source.buildspec", "serviceRole", "timeoutInMinutes", "concurrentBuildLimit", "tags[].key",
        "tags[].value", "environment.environmentVariables[].name", "environment.environmentVariables[].value", "logsConfig.cloudWatchLogs.status",
        "logsConfig.cloudWatchLogs.groupName", "logsConfig.cloudWatchLogs.streamName")]
    [Effect("DeleteProject", "name")]
    public async Task Given_a_project_When_changed_and_deleted_Then_what_a_request_leaves_out_stays()
    {
        await CreateAsync(["echo x"], "\"concurrentBuildLimit\":1,\"tags\":[{\"key\":\"team\",\"value\":\"x\"}]");
        Assert.Equal("ResourceAlreadyExistsException", (await Service.RefusedAsync("CreateProject", Project(["echo x"]))).Code);

        var updated = (await Service.CallAsync("UpdateProject", $$"""
            {"name":"keeper","description":"e","concurrentBuildLimit":-1,"timeoutInMinutes":9,"serviceRole":"{{CodeBuildHarness.Role}}",
             "source":{"type":"GITHUB","location":"https://github.com/sandbox/pipeline.git","buildspec":"{\"version\":\"0.2\"}"},
             "logsConfig":{"cloudWatchLogs":{"status":"DISABLED","groupName":"g","streamName":"s"} } }
            """))["project"]!;
        Assert.Equal(("e", 9, "GITHUB", "DISABLED"),
            ((string)updated["description"]!, (int)updated["timeoutInMinutes"]!, (string)updated["source"]!["type"]!, (string)updated["logsConfig"]!["cloudWatchLogs"]!["status"]!));
        Assert.Null(updated["concurrentBuildLimit"]);
        Assert.Equal(("x", "of the project"), ((string)updated["tags"]![0]!["value"]!, (string)updated["environment"]!["environmentVariables"]![0]!["value"]!));
        await Service.CallAsync("UpdateProject", """{"name":"keeper","tags":[{"key":"team","value":"y"}]}""");
        await Service.CallAsync("UpdateProject", """
            {"name":"keeper","environment":{"type":"LINUX_CONTAINER","image":"aws/codebuild/x","computeType":"BUILD_GENERAL1_SMALL","environmentVariables":[{"name":"MINE","value":"y"}]}}
            """);

        var project = _harness.Stores.In("us-east-1").Projects.Find("keeper")!;
        Assert.Equal(("y", "y", null), (project.Tags["team"], project.Variables["MINE"], project.LogOf("b")));
        await Service.CallAsync("DeleteProject", $$"""{"name":"{{CodeBuildHarness.ProjectArn}}"}""");
        await Service.CallAsync("DeleteProject", """{"name":"keeper"}""");
        foreach (var (operation, member) in new[] { ("UpdateProject", "name"), ("StartBuild", "projectName"), ("ListBuildsForProject", "projectName") })
        {
            Assert.Equal("ResourceNotFoundException", (await Service.RefusedAsync(operation, $"{{\"{member}\":\"keeper\"}}")).Code);
        }
    }

    [Theory]
    [Effect("CreateProject", "source.location", "source.insecureSsl", "source.reportBuildStatus", "artifacts.type", "artifacts.overrideArtifactName", "cache.type",
        "environment.type", "environment.privilegedMode", "environment.environmentVariables[].type", "badgeEnabled", "logsConfig.s3Logs.status")]
    [Effect("UpdateProject", "source.insecureSsl", "source.reportBuildStatus", "artifacts.type", "artifacts.overrideArtifactName", "cache.type",
        "environment.type", "environment.privilegedMode", "environment.environmentVariables[].type", "badgeEnabled", "logsConfig.s3Logs.status")]
    [InlineData("source.location", "\"https://github.com/other/one\"")]
    [InlineData("source.buildspec", "\"buildspec.yml\"")]
    [InlineData("source.insecureSsl", "true")]
    [InlineData("source.reportBuildStatus", "true")]
    [InlineData("source.type", "\"S3\"")]
    [InlineData("artifacts.type", "\"S3\"")]
    [InlineData("artifacts.overrideArtifactName", "true")]
    [InlineData("cache.type", "\"S3\"")]
    [InlineData("environment.type", "\"ARM_CONTAINER\"")]
    [InlineData("environment.privilegedMode", "true")]
    [InlineData("environment.environmentVariables", """[{"name":"a","value":"b","type":"SECRETS_MANAGER"}]""")]
    [InlineData("environment.environmentVariables", """[{"name":"a","value":"b"},{"name":"a","value":"c"}]""")]
    [InlineData("badgeEnabled", "true")]
    [InlineData("logsConfig.s3Logs", """{"status":"ENABLED"}""")]
    [InlineData("sourceVersion", "\"main\"")]
    [InlineData("vpcConfig", """{"vpcId":"v"}""")]
    [InlineData("concurrentBuildLimit", "0")]
    [InlineData("serviceRole", "\"arn:aws:iam::000000000000:role/none\"")]
    public async Task Given_what_CodeBuild_or_the_sandbox_does_not_take_When_put_Then_it_is_refused(string path, string value)
    {
        await CreateAsync(["echo x"]);
        var changed = JsonNode.Parse(Project(["echo x"]))!.AsObject();
        changed["name"] = "other";
        changed["source"]!["type"] = "GITHUB";
        changed["source"]!["location"] = "https://github.com/sandbox/pipeline";
        var names = path.Split('.');
        var owner = names[..^1].Aggregate(changed, (node, name) => (JsonObject)(node[name] ??= new JsonObject()));
        owner[names[^1]] = JsonNode.Parse(value);

        Assert.Equal("InvalidInputException", (await Service.RefusedAsync("CreateProject", changed.ToJsonString())).Code);
        changed["name"] = "keeper";
        Assert.Equal("InvalidInputException", (await Service.RefusedAsync("UpdateProject", changed.ToJsonString())).Code);
    }

    [Fact]
    public async Task Given_a_build_that_an_ended_sandbox_left_When_another_starts_Then_it_is_over()
    {
        await CreateAsync(["echo x"], "\"concurrentBuildLimit\":1");
        var store = _harness.Stores.In("us-east-1");
        var left = store.Start("keeper", project => new Build("keeper:1", "arn", 1, project, "me", default).Enter("BUILD", default));

        await _harness.Scheduler.StartAsync(default);

        Assert.Equal((BuildStatus.Fault, BuildStatus.Fault, Build.Completed), (store.Builds.Find(left.Id)!.Status, store.Builds.Find(left.Id)!.Phases[0].Status, store.Builds.Find(left.Id)!.Phases[1].Type));
        Assert.Equal("ResourceNotFoundException", Assert.Throws<AwsError>(() => store.Start("none", _ => left)).Code);
    }

    [Fact]
    public void Given_a_role_When_a_service_acts_as_it_Then_its_trust_policy_decides_with_what_it_acts_for()
    {
        const string Rule = "arn:aws:events:us-east-1:000000000000:rule/r";
        _harness.Roles.With(null, CodeBuildHarness.Role, "{'Effect':'Allow','Principal':{'Service':'events.amazonaws.com'},'Action':'sts:AssumeRole',"
            + "'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:events:us-east-1:000000000000:rule/r'},'StringEquals':{'aws:SourceAccount':'000000000000'}}}");

        var session = _harness.ServiceRoles.Start(CodeBuildHarness.Role, new("events.amazonaws.com", Rule), "rule-r", TimeSpan.FromHours(1));

        Assert.Equal("arn:aws:sts::000000000000:assumed-role/keeper/rule-r", session.Caller.Arn);
        foreach (var (principal, source) in new[] { ("events.amazonaws.com", Rule + "2"), ("codebuild.amazonaws.com", Rule) })
        {
            Assert.Equal("AccessDenied", Assert.Throws<AwsError>(() => _harness.ServiceRoles.Require(CodeBuildHarness.Role, new(principal, source))).Code);
        }
    }

    private static void SkipWithoutShell() => Skip.If(OperatingSystem.IsWindows(), "A build is a program of sh.");

    private static string Project(string[] commands, string members = "", string log = """{"status":"ENABLED"}""")
    {
        var project = JsonNode.Parse($$"""
            {"name":"keeper","serviceRole":"{{CodeBuildHarness.Role}}","artifacts":{"type":"NO_ARTIFACTS"},"source":{"type":"NO_SOURCE"},"logsConfig":{"cloudWatchLogs":{{log}} },
             "environment":{"type":"LINUX_CONTAINER","image":"aws/codebuild/standard:7.0","computeType":"BUILD_GENERAL1_SMALL","environmentVariables":[{"name":"MINE","value":"of the project"}]}
             {{(members.Length == 0 ? "" : "," + members)}} }
            """)!;
        var buildspec = new JsonObject
        {
            ["version"] = "0.2",
            ["phases"] = new JsonObject { ["build"] = new JsonObject { ["commands"] = new JsonArray([.. commands.Select(command => JsonValue.Create(command))]) } },
        };
        project["source"]!["buildspec"] = buildspec.ToJsonString();
        return project.ToJsonString();
    }

    private Task CreateAsync(string[] commands, string members = "", string log = """{"status":"ENABLED"}""") => Service.CallAsync("CreateProject", Project(commands, members, log));

    private async Task<JsonNode> StartAsync() => (await Service.CallAsync("StartBuild", """{"projectName":"keeper"}"""))["build"]!;

    private async Task<JsonNode> FinishedAsync(JsonNode build)
    {
        await _harness.Scheduler.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (await Service.CallAsync("BatchGetBuilds", $$"""{"ids":["{{build["id"]}}"]}"""))["builds"]![0]!;
    }

    private async Task<IReadOnlyList<string>> ListAsync(string members) =>
        [.. (await Service.CallAsync("ListBuildsForProject", $"{{\"projectName\":\"keeper\"{members}}}"))["ids"]!.AsArray().Select(id => (string)id!)];
}
