using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>Makes a record with every property set, by reflection: a property that is added later is filled too.</summary>
/// <param name="text">Gives each string.</param>
/// <param name="choice">Chooses among the values of each enum.</param>
internal sealed class Filled(Func<string> text, int choice)
{
    public T A<T>() => (T)Value(typeof(T));

    private object Value(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Value(inner) : Simple(type) ?? Many(type) ?? Record(type);

    private object? Simple(Type type) => type switch
    {
        _ when type == typeof(string) => text(),
        _ when type == typeof(bool) => true,
        _ when type == typeof(DateTimeOffset) => Sample.Noon,
        _ when type == typeof(DateOnly) => DateOnly.FromDateTime(Sample.Noon.UtcDateTime),
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(90),
        _ when type == typeof(JsonElement) => JsonSerializer.SerializeToElement(text()),
        { IsEnum: true } => Enum.GetValues(type).GetValue(choice % Enum.GetValues(type).Length),
        { IsPrimitive: true } => Convert.ChangeType(1, type, null),
        _ when type == typeof(decimal) => 1m,
        _ => null,
    };

    private object? Many(Type type)
    {
        if (!type.IsGenericType || !typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        if (type.GetGenericArguments() is [var item])
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            list.Add(Value(item));
            return list;
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;
        map.Add(text(), Value(type.GetGenericArguments()[1]));
        return map;
    }

    private object Record(Type type)
    {
        var record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            property.SetValue(record, Value(property.PropertyType));
        }

        return record;
    }
}
