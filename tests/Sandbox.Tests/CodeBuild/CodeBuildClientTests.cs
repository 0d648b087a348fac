using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.CodeBuild;

/// <summary>A client that the project did not write starts builds, itself and by a rule.</summary>
[Trait("Tier", "all")]
public sealed class CodeBuildClientTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Script =
        """
        import boto3, json, time
        iam, builds, events, logs = (boto3.client(name) for name in ('iam', 'codebuild', 'events', 'logs'))

        def role(name, service, *actions):
            trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': service + '.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
            arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))['Role']['Arn']
            policy = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': actions, 'Resource': '*'}]}
            iam.put_role_policy(RoleName=name, PolicyName='own', PolicyDocument=json.dumps(policy))
            return arn

        def finished(id):
            while True:
                build = builds.batch_get_builds(ids=[id])['builds'][0]
                if build['buildComplete']:
                    return build
                time.sleep(0.1)

        commands = ['python3 -c "import boto3; print(boto3.client(\'sts\').get_caller_identity()[\'Arn\'].split(\'/\')[1])"', 'sleep 1']
        project = builds.create_project(
            name='boto', serviceRole=role('boto-builds', 'codebuild', 'logs:*'), concurrentBuildLimit=1,
            source={'type': 'NO_SOURCE', 'buildspec': json.dumps({'version': '0.2', 'phases': {'build': {'commands': commands}}})}, artifacts={'type': 'NO_ARTIFACTS'},
            environment={'type': 'LINUX_CONTAINER', 'image': 'aws/codebuild/standard:7.0', 'computeType': 'BUILD_GENERAL1_SMALL'})['project']
        first = builds.start_build(projectName='boto')['build']
        try: builds.start_build(projectName='boto')
        except builds.exceptions.AccountLimitExceededException as error: print(error.response['Error']['Code'])
        first = finished(first['id'])
        print(first['buildStatus'], first['phases'][-1]['phaseType'])
        log = logs.get_log_events(logGroupName=first['logs']['groupName'], logStreamName=first['logs']['streamName'], startFromHead=True)
        print([event['message'] for event in log['events'] if not event['message'].startswith('[Container]')])

        events.put_rule(Name='boto', EventPattern=json.dumps({'source': ['mine']}))
        events.put_targets(Rule='boto', Targets=[{
            'Id': 'build', 'Arn': project['arn'], 'RoleArn': role('boto-events', 'events', 'codebuild:StartBuild'), 'Input': '{}', 'RetryPolicy': {'MaximumRetryAttempts': 0}}])
        events.put_events(Entries=[{'Source': 'mine', 'DetailType': 'Thing', 'Detail': '{}'}])
        ids = builds.list_builds_for_project(projectName='boto')['ids']
        print(len(ids), builds.stop_build(id=ids[0])['build']['initiator'], finished(ids[0])['buildStatus'])
        builds.delete_project(name='boto')
        print(builds.batch_get_projects(names=['boto'])['projectsNotFound'])
        """;

    [SkippableFact]
    public async Task Given_boto3_When_it_builds_itself_and_by_a_rule_Then_builds_run_as_the_role_and_one_at_a_time()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "-c", "import boto3"), "boto3 is not installed: builds were not tried with it");

        var (exitCode, output, errors) = await ExternalTool.RunAsync("python3", ["-c", Script], sandbox.ClientEnvironment());

        Assert.True(exitCode == 0, errors);
        Assert.Equal(
            ["AccountLimitExceededException", "SUCCEEDED COMPLETED", "['boto-builds']", "2 rule/boto STOPPED", "['boto']"],
            output.Trim().ReplaceLineEndings("\n").Split('\n'));
    }
}
