using System.Buffers;
using System.Collections.Immutable;
using BuildPipeline.Sandbox.Terraform.Values;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MessagePack;

namespace BuildPipeline.Sandbox.Tests.Terraform;

public sealed class ValueCodecTests
{
    [Property(Arbitrary = [typeof(TypedValues)], MaxTest = 500)]
    internal void Given_a_value_When_sent_as_MessagePack_Then_it_comes_back_the_same(TypedValue typed) =>
        Assert.Equal(typed.Value, MessagePackCodec.Decode(MessagePackCodec.Encode(typed.Value, typed.Type), typed.Type));

    [Property(Arbitrary = [typeof(TypedValues)], MaxTest = 500)]
    internal void Given_a_known_value_When_kept_as_JSON_Then_it_comes_back_the_same(TypedValue typed)
    {
        if (typed.Value.IsWhollyKnown)
        {
            Assert.Equal(typed.Value, JsonCodec.Decode(JsonCodec.Encode(typed.Value), typed.Type));
        }
    }

    [Property]
    public void Given_a_double_When_read_Then_no_digit_is_lost(NormalFloat number) =>
        Assert.Equal(number.Get, double.Parse(NumberValue.From(number.Get).Text, System.Globalization.CultureInfo.InvariantCulture));

    [Property]
    public void Given_a_decimal_in_any_notation_When_read_Then_it_is_the_same_number(decimal number) => Assert.Equal(
        NumberValue.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        NumberValue.Parse(number.ToString("E30", System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("-0", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("12.5E-3", "0.0125")]
    [InlineData("0012", "12")]
    public void Given_a_number_When_read_Then_its_text_is_the_shortest_exact_one(string text, string expected) =>
        Assert.Equal(expected, NumberValue.Parse(text).Text);

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("1e99999")]
    public void Given_a_text_that_is_no_number_When_read_Then_it_is_refused(string text) =>
        Assert.ThrowsAny<FormatException>(() => NumberValue.Parse(text));

    [Theory]
    [InlineData((sbyte)0)]
    [InlineData((sbyte)12)]
    [InlineData((sbyte)99)]
    public void Given_an_extension_of_any_code_When_read_Then_the_value_is_unknown(sbyte code)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write("known");
        writer.WriteExtensionFormat(new ExtensionResult(code, new byte[] { 0x81, 0x01, 0xc2 }));
        writer.Flush();

        var value = MessagePackCodec.Decode(buffer.WrittenMemory, new CollectionType(CollectionKind.List, TypeConstraint.String));

        Assert.Equal(new ListValue(["known", Value.Unknown]), value);
        Assert.False(value.IsWhollyKnown);
    }

    [Fact]
    public void Given_a_set_in_another_order_When_compared_Then_it_is_the_same_and_doubles_count_once()
    {
        Assert.Equal(Value.SetOf(["a", "b"]), Value.SetOf(["b", "a", "b"]));
        Assert.NotEqual<Value>(new ListValue(["a", "b"]), new ListValue(["b", "a"]));
    }

    [Fact]
    public void Given_bytes_that_end_early_When_read_Then_the_error_is_one_of_MessagePack() =>
        Assert.Throws<MessagePackSerializationException>(
            () => MessagePackCodec.Decode(new byte[] { 0x92, 0x01 }, new CollectionType(CollectionKind.List, TypeConstraint.Number)));

    [Fact]
    public void Given_an_attribute_that_the_schema_lacks_When_read_Then_it_is_refused()
    {
        var bytes = MessagePackCodec.Encode(MapValue.Empty.With("a", true), new CollectionType(CollectionKind.Map, TypeConstraint.Bool));

        var error = Assert.Throws<MessagePackSerializationException>(
            () => MessagePackCodec.Decode(bytes, new ObjectType(ImmutableSortedDictionary<string, TypeConstraint>.Empty)));
        Assert.Contains("does not have: a", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A value and the type that it has.</summary>
    internal sealed record TypedValue(TypeConstraint Type, Value Value);

    internal static class TypedValues
    {
        private const int MostDepth = 3;

        public static Arbitrary<TypedValue> Values() => Arb.From(
            from type in TypeOf(MostDepth)
            from value in ValueOf(type)
            select new TypedValue(type, value));

        private static Gen<TypeConstraint> TypeOf(int depth)
        {
            var primitive = Gen.Elements(TypeConstraint.String, TypeConstraint.Number, TypeConstraint.Bool);
            if (depth == 0)
            {
                return primitive;
            }

            var collection = from kind in Gen.Elements(CollectionKind.List, CollectionKind.Set, CollectionKind.Map)
                             from element in TypeOf(depth - 1)
                             select (TypeConstraint)new CollectionType(kind, element);
            var block = from types in TypeOf(depth - 1).ListOf(3)
                        select (TypeConstraint)new ObjectType(
                            types.Select((type, index) => KeyValuePair.Create($"attribute_{index}", type))
                            .ToImmutableSortedDictionary(StringComparer.Ordinal));
            return Gen.OneOf(primitive, collection, block);
        }

        private static Gen<Value> ValueOf(TypeConstraint type) => Gen.Frequency(
            (1, Gen.Constant(Value.Null)), (1, Gen.Constant(Value.Unknown)), (8, KnownOf(type)));

        private static Gen<Value> KnownOf(TypeConstraint type) => type switch
        {
            PrimitiveType { Kind: PrimitiveKind.String } => ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => (Value)text.Get),
            PrimitiveType { Kind: PrimitiveKind.Bool } => ArbMap.Default.GeneratorFor<bool>().Select(truth => (Value)truth),
            PrimitiveType => Gen.OneOf(
                ArbMap.Default.GeneratorFor<long>().Select(number => (Value)number),
                ArbMap.Default.GeneratorFor<ulong>().Select(number => (Value)NumberValue.From(ulong.MaxValue - number)),
                ArbMap.Default.GeneratorFor<decimal>().Select(
                    number => (Value)NumberValue.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)))),
            CollectionType { Kind: CollectionKind.List } list => Several(list.Element).Select(items => (Value)new ListValue([.. items])),
            CollectionType { Kind: CollectionKind.Set } set => Several(set.Element).Select(items => (Value)new SetValue(items)),
            CollectionType map =>
                Several(map.Element)
                .Select(items => (Value)Members(items.Select((item, index) => KeyValuePair.Create($"key {index}", item)))),
            ObjectType block =>
                Gen.CollectToSequence(block.Attributes.Values.Select(ValueOf))
                .Select(items => (Value)Members(block.Attributes.Keys.Zip(items, KeyValuePair.Create))),
            _ => throw new InvalidOperationException(),
        };

        private static Gen<List<Value>> Several(TypeConstraint element) =>
            from count in Gen.Choose(0, 3)
            from items in ValueOf(element).ListOf(count)
            select items.ToList();

        private static MapValue Members(IEnumerable<KeyValuePair<string, Value>> members) =>
            new MapValue(members.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }
}
