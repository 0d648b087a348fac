namespace BuildPipeline.Sandbox.Kms;

/// <summary>A key of the account.</summary>
/// <param name="Usage">For example <c>SIGN_VERIFY</c>.</param>
/// <param name="Spec">For example <c>ECC_NIST_P256</c>.</param>
internal sealed record AccountKey(string Arn, bool IsEnabled, string Usage, string Spec);

/// <summary>The keys that Terraform created.</summary>
internal interface IAccountKeys
{
    /// <param name="name">Id, ARN or alias.</param>
    /// <returns>Null if the region has no such key.</returns>
    AccountKey? FindKey(string name, string region);
}
