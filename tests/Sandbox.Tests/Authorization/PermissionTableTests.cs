using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.Tests.Authorization;

/// <summary>What operations have to be allowed.</summary>
public sealed class PermissionTableTests
{
    private const string Prefix = "arn:aws:sagemaker:us-east-1:000000000000:training-job/";

    // S3 has its gate, and a web identity token comes without a caller.
    private static readonly string[] Elsewhere = ["s3", "sts:AssumeRoleWithWebIdentity"];

    [Fact]
    public void Given_the_operations_of_the_sandbox_When_compared_with_the_table_Then_each_has_an_entry_and_all_exist() => Assert.Empty(
        ServiceModels.All.Where(service => !Elsewhere.Contains(service.Key)).SelectMany(service =>
        {
            var table = PermissionTable.Services.GetValueOrDefault(service.Key) ?? new Dictionary<string, PermissionsOf>();
            return service.Value.Support.Keys.Except(table.Keys).Select(name => $"{service.Key}:{name}").Except(Elsewhere)
                .Concat(table.Keys.Except(service.Value.Operations.Keys).Select(name => $"{service.Key}:{name} does not exist"));
        }));

    [Theory]
    [InlineData("logs", "CreateLogGroup", """{"logGroupName":"/a/b"}""", "logs:CreateLogGroup", "arn:aws:logs:us-east-1:000000000000:log-group:/a/b:log-stream:")]
    [InlineData("logs", "GetLogEvents", """{"logGroupName":"/a","logStreamName":"s"}""", "logs:GetLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:/a:log-stream:s")]
    [InlineData("logs", "FilterLogEvents", """{"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:/a"}""", "logs:FilterLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:/a:log-stream:")]
    [InlineData("cloudwatch", "DeleteAlarms", """{"AlarmNames":["a"]}""", "cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a")]
    [InlineData("cloudwatch", "DescribeAlarms", "{}", "cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:*")]
    [InlineData("cloudwatch", "PutDashboard", """{"DashboardName":"d"}""", "cloudwatch:PutDashboard", "arn:aws:cloudwatch::000000000000:dashboard/d")]
    [InlineData("events", "PutRule", """{"Name":"r"}""", "events:PutRule", "arn:aws:events:us-east-1:000000000000:rule/r")]
    [InlineData("codebuild", "StartBuild", """{"projectName":"p"}""", "codebuild:StartBuild", "arn:aws:codebuild:us-east-1:000000000000:project/p")]
    [InlineData("codebuild", "StopBuild", """{"id":"p:1"}""", "codebuild:StopBuild", "arn:aws:codebuild:us-east-1:000000000000:project/p")]
    [InlineData("codebuild", "BatchGetBuilds", """{"ids":["p:1","p:2"]}""", "codebuild:BatchGetBuilds", "arn:aws:codebuild:us-east-1:000000000000:project/p")]
    [InlineData("codebuild", "BatchGetProjects", """{"names":["arn:aws:codebuild:x:y:project/p"]}""", "codebuild:BatchGetProjects", "arn:aws:codebuild:us-east-1:000000000000:project/p")]
    [InlineData("budgets", "UpdateBudget", """{"AccountId":"000000000000","NewBudget":{"BudgetName":"b"}}""", "budgets:ModifyBudget", "arn:aws:budgets::000000000000:budget/b")]
    [InlineData("budgets", "DescribeBudgets", """{"AccountId":"000000000000"}""", "budgets:ViewBudget", "arn:aws:budgets::000000000000:budget/*")]
    [InlineData("ssm", "GetParameter", """{"Name":"/a/b"}""", "ssm:GetParameter", "arn:aws:ssm:us-east-1:000000000000:parameter/a/b")]
    [InlineData("kms", "Sign", """{"KeyId":"alias/a"}""", "kms:Sign", "arn:aws:kms:us-east-1:000000000000:alias/a")]
    [InlineData("kms", "GetPublicKey", """{"KeyId":"k"}""", "kms:GetPublicKey", "arn:aws:kms:us-east-1:000000000000:key/k")]
    [InlineData("service-quotas", "GetServiceQuota", """{"ServiceCode":"sagemaker"}""", "servicequotas:GetServiceQuota", "*")]
    [InlineData("sts", "AssumeRole", """{"RoleArn":"arn:aws:iam::000000000000:role/r","RoleSessionName":"s"}""", "sts:AssumeRole", "arn:aws:iam::000000000000:role/r")]
    [InlineData("iam", "AttachRolePolicy", """{"RoleName":"r","PolicyArn":"p"}""", "iam:AttachRolePolicy", "arn:aws:iam::000000000000:role/r")]
    public void Given_an_operation_When_looked_up_Then_its_action_and_resource_are_those_of_AWS(string service, string operation, string input, string action, string resource)
    {
        var permission = Assert.Single(Of(service, operation, input));

        Assert.Equal((action, resource), (permission.Action, permission.Resource));
    }

    [Fact]
    public void Given_a_training_job_When_looked_up_Then_its_conditions_are_those_of_the_request_and_the_role_is_passed()
    {
        var permissions = Of("sagemaker", "CreateTrainingJob", """
            {
              "TrainingJobName": "j", "RoleArn": "arn:aws:iam::000000000000:role/r",
              "ResourceConfig": { "InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50, "VolumeKmsKeyId": "v" },
              "OutputDataConfig": { "S3OutputPath": "s3://b", "KmsKeyId": "o" },
              "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
              "VpcConfig": { "Subnets": ["s1", "s2"], "SecurityGroupIds": ["g"] },
              "EnableInterContainerTrafficEncryption": true,
              "Tags": [{ "Key": "team", "Value": "blue" }, { "Key": "run", "Value": "" }]
            }
            """);

        Assert.Equal(
            [("sagemaker:CreateTrainingJob", Prefix + "j"), ("sagemaker:AddTags", Prefix + "j"), ("iam:PassRole", "arn:aws:iam::000000000000:role/r")],
            permissions.Select(permission => (permission.Action, permission.Resource)));
        Assert.Equal(
            [
                "aws:RequestTag/run=", "aws:RequestTag/team=blue", "aws:TagKeys=team,run", "sagemaker:InstanceTypes=ml.g5.xlarge",
                "sagemaker:InterContainerTrafficEncryption=true", "sagemaker:MaxRuntimeInSeconds=3600", "sagemaker:OutputKmsKey=o", "sagemaker:VolumeKmsKey=v",
                "sagemaker:VpcSecurityGroupIds=g", "sagemaker:VpcSubnets=s1,s2",
            ],
            permissions[0].Keys.Select(key => $"{key.Key}={string.Join(',', key.Value)}").Order(StringComparer.Ordinal));
        Assert.Equal(["sagemaker.amazonaws.com"], permissions[2].Keys["iam:PassedToService"]);
        Assert.Equal([Prefix + "j"], permissions[2].Keys["iam:AssociatedResourceArn"]);
    }

    private static IReadOnlyList<Permission> Of(string service, string operation, string input) =>
        PermissionTable.Of(new OperationCall(service, operation, JsonNode.Parse(input)!.AsObject(), "us-east-1", "000000000000"));
}
