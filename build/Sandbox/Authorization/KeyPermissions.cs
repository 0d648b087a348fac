namespace BuildPipeline.Sandbox.Authorization;

/// <summary>KMS. A request that names an alias is one for its key.</summary>
internal static class KeyPermissions
{
    private const string Prefix = "kms";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["GetPublicKey"] = call => [OnKey(call)],
        ["Sign"] = call => [OnKey(call)
            .With("kms:SigningAlgorithm", call.Find("SigningAlgorithm"))
            .With("kms:MessageType", call.Find("MessageType") ?? "RAW")],
    };

    private static Permission OnKey(OperationCall call) => new(call.ActionOf(Prefix), KeyArn(call)) { ByName = true };

    private static string KeyArn(OperationCall call) => call.Text("KeyId") switch
    {
        ['a', 'r', 'n', ':', ..] and var arn => arn,
        ['a', 'l', 'i', 'a', 's', '/', ..] and var alias => call.Arn(Prefix, alias),
        var id => call.Arn(Prefix, $"key/{id}"),
    };
}
