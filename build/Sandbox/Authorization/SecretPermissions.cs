namespace BuildPipeline.Sandbox.Authorization;

/// <summary>Parameter Store and Secrets Manager. Their values are encrypted with the keys that AWS manages, which every role of the account can use through them.</summary>
internal static class SecretPermissions
{
    private const string Parameters = "ssm";
    private const string Secrets = "secretsmanager";

    public static IReadOnlyDictionary<string, PermissionsOf> ParameterStore { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["DeleteParameter"] = OnParameter,
        ["DescribeParameters"] = PermissionTable.On(Parameters, call => call.Arn(Parameters, "*")),
        ["GetParameter"] = OnParameter,
        ["GetParameters"] = call => [.. call.List("Names").Select(name => new Permission("ssm:GetParameters", ParameterArn(call, name)))],
        ["PutParameter"] = OnParameter,
    };

    public static IReadOnlyDictionary<string, PermissionsOf> SecretsManager { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        // The characters that AWS adds to the name are not known yet.
        ["CreateSecret"] = call => [new Permission("secretsmanager:CreateSecret", call.Arn(Secrets, $"secret:{call.Text("Name")}-??????"))
            .With("secretsmanager:Name", call.Text("Name"))],
        ["DeleteSecret"] = OnSecret,
        ["DescribeSecret"] = OnSecret,
        ["GetSecretValue"] = call => [new Permission("secretsmanager:GetSecretValue", SecretArn(call))
            .With("secretsmanager:SecretId", call.Text("SecretId"))
            .With("secretsmanager:VersionStage", call.Find("VersionStage") ?? "AWSCURRENT")],
        ["PutSecretValue"] = OnSecret,
    };

    private static IEnumerable<Permission> OnParameter(OperationCall call) => [new Permission(call.ActionOf(Parameters), ParameterArn(call, call.Text("Name")))];

    private static string ParameterArn(OperationCall call, string name) =>
        name.StartsWith("arn:", StringComparison.Ordinal) ? name : call.Arn(Parameters, "parameter/" + name.TrimStart('/'));

    private static IEnumerable<Permission> OnSecret(OperationCall call) =>
        [new Permission(call.ActionOf(Secrets), SecretArn(call)).With("secretsmanager:SecretId", call.Text("SecretId"))];

    /// <summary>A secret that a request names by its name stands for the one of that name; the six characters after it match as question marks.</summary>
    private static string SecretArn(OperationCall call) =>
        call.Text("SecretId") is var id && id.StartsWith("arn:", StringComparison.Ordinal) ? id : call.Arn(Secrets, $"secret:{id}-??????");
}
