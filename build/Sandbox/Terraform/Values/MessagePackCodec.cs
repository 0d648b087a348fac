using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using MessagePack;

namespace BuildPipeline.Sandbox.Terraform.Values;

/// <summary>Terraform's MessagePack form of values, read and written by the schema's types.</summary>
internal static class MessagePackCodec
{
    private const sbyte UnknownExtension = 0;

    /// <summary>Reads a value; bytes that are none of the type are a <c>MessagePackSerializationException</c>.</summary>
    public static Value Decode(ReadOnlyMemory<byte> bytes, TypeConstraint type)
    {
        var reader = new MessagePackReader(bytes);
        try
        {
            return Read(ref reader, type);
        }
        catch (EndOfStreamException exception)
        {
            throw new MessagePackSerializationException("A value ends early.", exception);
        }
    }

    public static byte[] Encode(Value value, TypeConstraint type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, value, type);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static Value Read(ref MessagePackReader reader, TypeConstraint type)
    {
        if (reader.TryReadNil())
        {
            return Value.Null;
        }

        if (reader.NextMessagePackType == MessagePackType.Extension)
        {
            // Every extension code says unknown; what some add about the value's range is only a hint.
            reader.ReadExtensionFormat();
            return Value.Unknown;
        }

        return type switch
        {
            PrimitiveType primitive => ReadPrimitive(ref reader, primitive.Kind),
            CollectionType { Kind: CollectionKind.Map } map => ReadMap(ref reader, _ => map.Element),
            CollectionType collection => ReadSequence(ref reader, collection),
            ObjectType block => ReadMap(ref reader, name => block.Attributes.GetValueOrDefault(name)
                ?? throw new MessagePackSerializationException($"A value has an attribute that the schema does not have: {name}.")),
            _ => throw new MessagePackSerializationException($"No value has the type {type}."),
        };
    }

    private static Value ReadPrimitive(ref MessagePackReader reader, PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.String => reader.ReadString(),
        PrimitiveKind.Bool => reader.ReadBoolean(),
        _ => reader.NextMessagePackType switch
        {
            MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64 => NumberValue.From(reader.ReadUInt64()),
            MessagePackType.Integer => reader.ReadInt64(),
            MessagePackType.Float => NumberValue.From(reader.ReadDouble()),
            _ => NumberValue.Parse(reader.ReadString() ?? ""),
        },
    };

    private static Value ReadSequence(ref MessagePackReader reader, CollectionType type)
    {
        var items = new Value[reader.ReadArrayHeader()];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = Read(ref reader, type.Element);
        }

        return type.Kind == CollectionKind.Set ? new SetValue(items) : new ListValue([.. items]);
    }

    private static MapValue ReadMap(ref MessagePackReader reader, Func<string, TypeConstraint> typeOf)
    {
        var members = MapValue.Empty.Members.ToBuilder();
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var name = reader.ReadString() ?? "";
            members[name] = Read(ref reader, typeOf(name));
        }

        return new MapValue(members.ToImmutable());
    }

    private static void Write(ref MessagePackWriter writer, Value value, TypeConstraint type)
    {
        switch (value)
        {
            case NullValue:
                writer.WriteNil();
                break;
            case UnknownValue:
                writer.WriteExtensionFormat(new ExtensionResult(UnknownExtension, new byte[1]));
                break;
            case StringValue text:
                writer.Write(text.Text);
                break;
            case BoolValue truth:
                writer.Write(truth.Truth);
                break;
            case NumberValue number:
                WriteNumber(ref writer, number.Text);
                break;
            case SequenceValue sequence:
                WriteSequence(ref writer, sequence, ((CollectionType)type).Element);
                break;
            case MapValue map when type is ObjectType block:
                WriteObject(ref writer, map, block.Attributes);
                break;
            case MapValue map:
                WriteMap(ref writer, map, ((CollectionType)type).Element);
                break;
        }
    }

    private static void WriteNumber(ref MessagePackWriter writer, string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed))
        {
            writer.Write(signed);
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned))
        {
            writer.Write(unsigned);
        }
        else
        {
            writer.Write(text);
        }
    }

    private static void WriteSequence(ref MessagePackWriter writer, SequenceValue sequence, TypeConstraint element)
    {
        writer.WriteArrayHeader(sequence.Items.Length);
        foreach (var item in sequence.Items)
        {
            Write(ref writer, item, element);
        }
    }

    private static void WriteObject(
        ref MessagePackWriter writer, MapValue map, ImmutableSortedDictionary<string, TypeConstraint> attributes)
    {
        writer.WriteMapHeader(attributes.Count);
        foreach (var (name, type) in attributes)
        {
            writer.Write(name);
            Write(ref writer, map[name], type);
        }
    }

    private static void WriteMap(ref MessagePackWriter writer, MapValue map, TypeConstraint element)
    {
        writer.WriteMapHeader(map.Members.Count);
        foreach (var (name, member) in map.Members)
        {
            writer.Write(name);
            Write(ref writer, member, element);
        }
    }
}
