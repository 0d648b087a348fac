namespace BuildPipeline.Sandbox.Iam;

/// <summary>The role for training jobs that the account has without asking. It may do everything, and nobody can change it.</summary>
internal static class TrainingRole
{
    public const string Name = "sandbox-training";

    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    public static string ArnIn(string partition, string account) => $"arn:{partition}:iam::{account}:role/{Name}";

    public static Role In(string partition, string account) =>
        new(Name, "/", ArnIn(partition, account), "AROASANDBOXTRAINING00", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Trust)
        {
            Description = "The role of training jobs that the sandbox always has",
            Inline = new Dictionary<string, string> { ["everything"] = Everything },
        };
}
