using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

/// <summary>Smithy RPC v2 CBOR: the operation in the path, documents in CBOR, timestamps with CBOR's own tag.</summary>
internal static class CborProtocol
{
    private static readonly HashSet<string> TimestampMembers = new(StringComparer.Ordinal)
    {
        "AlarmConfigurationUpdatedTimestamp", "LastModified", "StateTransitionedTimestamp", "StateUpdatedTimestamp", "Timestamp", "Timestamps",
    };

    public static bool Speaks(HttpRequest request) => request.Headers["smithy-protocol"] == AwsErrorWriter.CborMarker;

    public static async Task AnswerAsync(HttpContext context, AwsOperations operations)
    {
        var name = context.Request.Path.Value!.Split('/')[^1];
        var output = await operations.CallAsync(name, AwsCall.Of(context, await ReadAsync(context)));
        context.Response.ContentType = "application/cbor";
        context.Response.Headers["smithy-protocol"] = AwsErrorWriter.CborMarker;
        await context.Response.Body.WriteAsync(Encode(output ?? []), context.RequestAborted);
    }

    /// <summary>A CBOR document as JSON; a tagged timestamp becomes seconds since 1970.</summary>
    public static JsonNode? Decode(ReadOnlyMemory<byte> document) => ReadValue(new CborReader(document, CborConformanceMode.Lax));

    /// <summary>A JSON document as CBOR; members that hold timestamps get CBOR's tag for them.</summary>
    public static byte[] Encode(JsonNode? document)
    {
        var writer = new CborWriter();
        WriteValue(writer, document, isTimestamp: false);
        return writer.Encode();
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        using var content = new MemoryStream();
        await using var body = AwsJsonProtocol.Uncompressed(context.Request);
        await body.CopyToAsync(content, context.RequestAborted);
        try
        {
            return content.Length == 0 ? [] : Decode(content.ToArray()) as JsonObject ?? [];
        }
        catch (CborContentException exception)
        {
            throw new AwsError(400, "SerializationException", "The request body is not a CBOR document: " + exception.Message);
        }
    }

    private static JsonNode? ReadValue(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.Tag:
                reader.ReadTag();
                return ReadValue(reader);
            case CborReaderState.StartMap:
                return ReadMap(reader);
            case CborReaderState.StartArray:
                return ReadArray(reader);
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                return reader.ReadTextString();
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return (double)reader.ReadInt64();
            case CborReaderState.Boolean:
                return reader.ReadBoolean();
            case CborReaderState.Null or CborReaderState.SimpleValue:
                reader.SkipValue();
                return null;
            default:
                return reader.ReadDouble();
        }
    }

    private static JsonObject ReadMap(CborReader reader)
    {
        var map = new JsonObject();
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            map[reader.ReadTextString()] = ReadValue(reader);
        }

        reader.ReadEndMap();
        return map;
    }

    private static JsonArray ReadArray(CborReader reader)
    {
        var array = new JsonArray();
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            array.Add(ReadValue(reader));
        }

        reader.ReadEndArray();
        return array;
    }

    private static void WriteValue(CborWriter writer, JsonNode? value, bool isTimestamp)
    {
        switch (value)
        {
            case null:
                writer.WriteNull();
                break;
            case JsonObject map:
                writer.WriteStartMap(map.Count);
                foreach (var (name, member) in map)
                {
                    writer.WriteTextString(name);
                    WriteValue(writer, member, TimestampMembers.Contains(name));
                }

                writer.WriteEndMap();
                break;
            case JsonArray array:
                writer.WriteStartArray(array.Count);
                foreach (var item in array)
                {
                    WriteValue(writer, item, isTimestamp);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteScalar(writer, value, isTimestamp);
                break;
        }
    }

    private static void WriteScalar(CborWriter writer, JsonNode value, bool isTimestamp)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                writer.WriteTextString(value.GetValue<string>());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(value.GetValue<bool>());
                break;
            case JsonValueKind.Number when !isTimestamp && value.AsValue().TryGetValue<int>(out var number):
                writer.WriteInt32(number);
                break;
            case JsonValueKind.Number when !isTimestamp && value.AsValue().TryGetValue<long>(out var number):
                writer.WriteInt64(number);
                break;
            default:
                if (isTimestamp)
                {
                    writer.WriteTag(CborTag.UnixTimeSeconds);
                }

                writer.WriteDouble(value.GetValue<double>());
                break;
        }
    }
}
