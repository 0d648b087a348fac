using System.Text;
using BuildPipeline.Approvals.Statements;
using FsCheck;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Approvals.Statements;

public sealed class DsseEnvelopeTests
{
    [Fact]
    public void Given_TheExampleOfTheSpecification_When_Encoded_Then_TheBytesAreThoseOfTheSpecification() => Assert.Equal(
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        Encoding.ASCII.GetString(DsseEnvelope.PreAuthentication("http://example.com/HelloWorld", "hello world"u8.ToArray())));

    [Property]
    public bool Given_TwoPairsOfTypeAndPayload_When_Encoded_Then_TheyAreEqualOnlyIfBothPairsAre(NonNull<string> type, byte[] payload, NonNull<string> otherType, byte[] otherPayload)
    {
        // A lone half of a surrogate pair has no bytes of its own in UTF-8.
        var (left, right) = (Text(type.Get), Text(otherType.Get));
        return DsseEnvelope.PreAuthentication(left, payload).SequenceEqual(DsseEnvelope.PreAuthentication(right, otherPayload))
            == (left == right && payload.SequenceEqual(otherPayload));
    }

    [Property]
    public bool Given_ABoundaryThatMoves_When_Encoded_Then_TheBytesDiffer(byte[] payload, byte first) =>
        !DsseEnvelope.PreAuthentication("a", [first, .. payload]).SequenceEqual(DsseEnvelope.PreAuthentication("a" + (char)(first & 0x7F), payload));

    [Fact]
    public void Given_AnEnvelope_When_Opened_Then_StatementAndSignatureAreThoseThatWentIn()
    {
        var (statement, signature) = DsseEnvelope.Create("{}"u8.ToArray(), "key", [1, 2, 3]).Open();

        Assert.Equal(("{}", "010203"), (Encoding.UTF8.GetString(statement), Convert.ToHexString(signature)));
    }

    [Theory]
    [InlineData("another type")]
    [InlineData("no signature")]
    [InlineData("two signatures")]
    [InlineData("spaces in the payload")]
    [InlineData("bits that nothing reads")]
    [InlineData("no base64")]
    [InlineData("no JSON")]
    [InlineData("no payload")]
    [InlineData("no signature text")]
    public void Given_AnEnvelopeThatIsWrittenAnotherWay_When_Opened_Then_ItIsRefused(string fault)
    {
        var envelope = DsseEnvelope.Create("{}"u8.ToArray(), "key", [1]);
        envelope = fault switch
        {
            "another type" => envelope with { PayloadType = "application/json" },
            "no signature" => envelope with { Signatures = [] },
            "two signatures" => envelope with { Signatures = [.. envelope.Signatures, .. envelope.Signatures] },
            "spaces in the payload" => envelope with { Payload = " " + envelope.Payload },
            "bits that nothing reads" => envelope with { Signatures = [new("key", "AR==")] },
            "no base64" => envelope with { Payload = "e30" },
            "no JSON" => envelope with { Payload = Convert.ToBase64String("{"u8) },
            "no payload" => envelope with { Payload = null! },
            _ => envelope with { Signatures = [new("key", null!)] },
        };

        Assert.Equal(StatementErrors.Unreadable, Assert.Throws<PipelineException>(() => envelope.Open()).Code);
    }

    private static string Text(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
