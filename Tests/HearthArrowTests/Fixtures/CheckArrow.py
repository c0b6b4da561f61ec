"""Holds the C interfaces of HearthArrow against pyarrow: CheckArrow.py LIBRARY CHECK. Prints what it did; fails with a traceback."""

import ctypes
import gc
import json
import random
import sys

import pyarrow as pa

probe = ctypes.CDLL(sys.argv[1])
for name, result, arguments in [
    ("free", None, [ctypes.c_void_p]),
    ("live", ctypes.c_long, []),
    ("random", ctypes.c_void_p, [ctypes.c_long, ctypes.c_uint64, ctypes.c_long, ctypes.c_long] + [ctypes.c_void_p] * 2),
    ("echo", ctypes.c_void_p, [ctypes.c_void_p] * 2 + [ctypes.c_long] * 2 + [ctypes.c_void_p] * 2),
    ("keep", ctypes.c_void_p, [ctypes.c_void_p] * 3),
    ("drop", None, [ctypes.c_void_p]),
    ("stream_out", None, [ctypes.c_long] * 3 + [ctypes.c_void_p]),
    ("stream_in", ctypes.c_void_p, [ctypes.c_void_p]),
    ("stream_echo", ctypes.c_void_p, [ctypes.c_void_p] * 2),
]:
    function = getattr(probe, "hearth_probe_" + name)
    function.restype, function.argtypes = result, arguments

BYTES, TEXT, TEXTS, BOOLEAN, INTEGER32, INTEGER, FLOAT, NUMBER, VECTOR, RECORD = range(10)
TYPES = [
    pa.large_binary(), pa.large_string(), pa.large_list(pa.large_string()), pa.bool_(), pa.int32(), pa.int64(), pa.float32(),
    pa.float64(), pa.list_(pa.float32(), 3),
    pa.struct([
        ("flag", pa.bool_()), ("name", pa.large_string()), ("place", pa.list_(pa.float32(), 2)),
        ("tags", pa.large_list(pa.large_string())),
    ]),
]


class Structs:
    """A schema and an array where a consumer has them; 72 and 80 bytes."""

    def __init__(self):
        self.schema = ctypes.create_string_buffer(72)
        self.array = ctypes.create_string_buffer(80)
        self.addresses = ctypes.addressof(self.schema), ctypes.addressof(self.array)

    def taken(self):
        return pa.Array._import_from_c(self.addresses[1], self.addresses[0])

    def given(self, array):
        array._export_to_c(self.addresses[1], self.addresses[0])
        return self

    def first_buffers(self):
        """Addresses of the buffers, as the structure has them."""
        words = (ctypes.c_int64 * 10).from_buffer(self.array)
        return list((ctypes.c_uint64 * words[3]).from_address(words[5])), list(words[:5])


def text(pointer):
    if not pointer:
        return None
    result = ctypes.string_at(pointer).decode()
    probe.hearth_probe_free(pointer)
    return result


def of_swift(kind, seed, count, nulls):
    structs = Structs()
    values = json.loads(text(probe.hearth_probe_random(kind, seed, count, nulls, *structs.addresses)))
    return structs, values


def plain(values):
    """As the probe writes values."""
    if isinstance(values, bytes):
        return values.hex()
    if isinstance(values, list):
        return [plain(value) for value in values]
    if isinstance(values, dict):
        return {name: plain(value) for name, value in values.items()}
    return values


def echoed(array, start=0, end=None):
    given, back = Structs().given(array), Structs()
    error = text(probe.hearth_probe_echo(*given.addresses, start, len(array) if end is None else end, *back.addresses))
    assert error is None, error
    return back.taken()


def kept(array):
    given, message = Structs().given(array), ctypes.c_void_p()
    handle = probe.hearth_probe_keep(*given.addresses, ctypes.byref(message))
    return handle, text(message.value)


def is_flat():
    gc.collect()
    assert probe.hearth_probe_live() == 0, probe.hearth_probe_live()


def addresses(array):
    return [buffer.address if buffer is not None else 0 for buffer in array.buffers()]


# Checks


def check_types():
    for kind, expected in enumerate(TYPES):
        array = of_swift(kind, 1, 5, 0)[0].taken()
        array.validate(full=True)
        if kind == RECORD:
            assert [field.name for field in array.type] == [field.name for field in expected]
        assert array.type == expected, (array.type, expected)


def check_values():
    columns = 0
    for kind in range(len(TYPES)):
        for seed in range(60):
            structs, values = of_swift(kind, seed, seed % 37, seed % 5)
            array = structs.taken()
            array.validate(full=True)
            assert plain(array.to_pylist()) == values, (kind, seed, array.to_pylist(), values)
            assert kind == RECORD or array.null_count == sum(value is None for value in values)
            columns += 1
            del array
    is_flat()
    return f"{columns} columns"


def check_addresses():
    """Swift's buffers are where they were for Python, and Python's for Swift."""
    for kind in range(len(TYPES)):
        for seed in range(20):
            structs, _ = of_swift(kind, seed, 20, 4)
            buffers, words = structs.first_buffers()
            array = structs.taken()
            assert array.offset == words[2] and addresses(array)[: len(buffers)] == buffers, (kind, seed)
            # There and back again: the very same memory, also of the children.
            assert addresses(echoed(array)) == addresses(array) or kind in (TEXTS, RECORD)
            del array
    values = list(range(100))
    for array in [pa.array(values, pa.int64()), pa.array(values, pa.float64()), pa.array([str(v) for v in values], pa.large_string())]:
        assert addresses(echoed(array)) == addresses(array)
    # Bits of nulls and of truth values too, and a slice keeps the whole.
    array = pa.array([None if v % 3 == 0 else v % 2 == 0 for v in values], pa.bool_())
    assert addresses(echoed(array.slice(13, 50))) == addresses(array)
    assert echoed(array.slice(13, 50)).offset == 13
    array = echoed(array)
    del array
    is_flat()


def check_empty():
    for kind in range(len(TYPES)):
        structs, values = of_swift(kind, 0, 0, 0)
        array = structs.taken()
        array.validate(full=True)
        assert len(array) == 0 and values == []
        assert len(echoed(pa.array([], TYPES[kind]))) == 0
        assert len(echoed(pa.array([None] * 3, TYPES[kind]), 1, 1)) == 0
    del array
    is_flat()


def check_slices():
    for kind, type in enumerate(TYPES):
        whole = of_swift(kind, 3, 40, 3)[0].taken()
        for start, end in [(0, 40), (1, 40), (7, 9), (8, 24), (39, 40), (40, 40), (13, 13)]:
            part = echoed(whole, start, end)
            part.validate(full=True)
            assert part.to_pylist() == whole.slice(start, end - start).to_pylist(), (kind, start, end)
            again = echoed(whole.slice(start, end - start))
            again.validate(full=True)
            assert again.to_pylist() == part.to_pylist()
    del whole, part, again
    is_flat()


def check_released():
    """Swift's memory goes when Python's array does, and Python's when Swift's column does."""
    for kind in range(len(TYPES)):
        array = of_swift(kind, 5, 30, 3)[0].taken()
        assert probe.hearth_probe_live() > 0
        part = array.slice(3, 4)
        del array
        gc.collect()
        assert probe.hearth_probe_live() > 0
        del part
        is_flat()
    gc.collect()
    before = pa.total_allocated_bytes()
    array = pa.array([float(value) for value in range(100_000)])
    assert pa.total_allocated_bytes() >= before + 800_000
    handle, _ = kept(array)
    del array
    gc.collect()
    assert pa.total_allocated_bytes() >= before + 800_000
    probe.hearth_probe_drop(handle)
    assert pa.total_allocated_bytes() == before
    # Never taken: released by whoever holds it, as pyarrow does of what it cannot read.
    for _ in range(1_000):
        array = of_swift(RECORD, 5, 10, 3)[0].taken()
        del array
    is_flat()


def random_value(source, type):
    if source.random() < 0.2:
        return None
    if pa.types.is_boolean(type):
        return source.random() < 0.5
    if pa.types.is_integer(type):
        return source.randrange(-(2 ** (type.bit_width - 1)), 2 ** (type.bit_width - 1))
    if pa.types.is_floating(type):
        return float(source.randrange(-1000, 1000)) / 8
    if pa.types.is_string(type) or pa.types.is_large_string(type):
        return "".join(source.choice("aé界🦊 ") for _ in range(source.randrange(8)))
    if pa.types.is_binary(type) or pa.types.is_large_binary(type):
        return bytes(source.randrange(256) for _ in range(source.randrange(8)))
    if pa.types.is_fixed_size_list(type):
        return [source.randrange(-8, 8) / 2 for _ in range(type.list_size)]
    if pa.types.is_list(type) or pa.types.is_large_list(type):
        return [random_value(source, type.value_type) or "" for _ in range(source.randrange(4))]
    return {field.name: random_value(source, field.type) for field in type}


def without_null_records(value, type):
    """A record of Hearth's has no validity: a null of it is one of all its columns."""
    if pa.types.is_struct(type):
        return {field.name: without_null_records((value or {}).get(field.name), field.type) for field in type}
    return value


def check_imports():
    types = TYPES[:9] + [
        pa.string(), pa.binary(), pa.list_(pa.string()), pa.list_(pa.large_string()), pa.large_list(pa.string()),
        pa.list_(pa.float32(), 1), pa.list_(pa.float32(), 0), TYPES[RECORD],
        pa.struct([("a", pa.string()), ("b", pa.struct([("c", pa.int32()), ("d", pa.list_(pa.string()))]))]),
    ]
    source = random.Random(4)
    arrays = 0
    for type in types:
        for count in list(range(12)) + [63, 64, 65, 200]:
            array = pa.array([random_value(source, type) for _ in range(count)], type)
            start = source.randrange(count + 1)
            for part in [array, array.slice(start), array.slice(0, start)]:
                expected = [without_null_records(value, type) for value in part.to_pylist()]
                handle, found = kept(part)
                assert handle and json.loads(found) == plain(expected), (type, count, found, expected)
                back = echoed(part)
                back.validate(full=True)
                assert back.to_pylist() == expected, (type, count)
                probe.hearth_probe_drop(handle)
                arrays += 1
    del array, part, back
    is_flat()
    return f"{arrays} arrays"


def check_errors():
    before = pa.total_allocated_bytes()
    for array, expected in [
        (pa.array([1], pa.uint8()), "column '': type 'C' is not supported"),
        (pa.array(["a"]).dictionary_encode(), "column '': type 'dictionary of i' is not supported"),
        (pa.array([[1]]), "column '': type '+l of l' is not supported"),
        (pa.array([{"a": {"b": 1.5}}], pa.struct([("a", pa.struct([("b", pa.float16())]))])),
         "column 'a.b': type 'e' is not supported"),
        (pa.array([None]), "column '': type 'n' is not supported"),
        (pa.array([[1.0, None]], pa.list_(pa.float32(), 2)), "column '': the vector of item 0 has a null in it"),
        (pa.Array.from_buffers(pa.string(), 1, [None, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"a\xff")]),
         "column '': item 0 is not UTF-8"),
    ]:
        handle, message = kept(array)
        assert handle is None and message == expected, message
    del array
    gc.collect()
    assert pa.total_allocated_bytes() == before


def check_batches():
    structs, values = of_swift(RECORD, 9, 50, 4)
    batch = pa.RecordBatch._import_from_c(structs.addresses[1], structs.addresses[0])
    batch.validate(full=True)
    assert plain(batch.to_pylist()) == values
    assert pa.Table.from_batches([batch]).combine_chunks().to_pylist() == batch.to_pylist()
    del batch
    is_flat()


def check_streams():
    stream = ctypes.create_string_buffer(40)
    address = ctypes.addressof(stream)
    probe.hearth_probe_stream_out(500, 20, -1, address)
    reader = pa.RecordBatchReader._import_from_c(address)
    assert reader.schema.names == ["id", "text"], reader.schema
    rows, most = 0, 0
    for batch in reader:
        batch.validate(full=True)
        assert batch["id"].to_pylist() == list(range(rows, rows + 20))
        assert batch["text"][1].as_py() == (None if (rows + 1) % 3 == 0 else f"row {rows + 1}")
        rows += len(batch)
        most = max(most, probe.hearth_probe_live())
    assert rows == 10_000 and most <= 12, (rows, most)
    del reader, batch
    is_flat()

    # From Python to Swift.
    schema = pa.schema([("n", pa.int64()), ("v", pa.list_(pa.float32(), 2)), ("s", pa.string())])

    def batches():
        for number in range(300):
            yield pa.record_batch([[number, None], [[1.0, 2.0], None], ["ü", None]], schema=schema)

    before = pa.total_allocated_bytes()
    pa.RecordBatchReader.from_batches(schema, batches())._export_to_c(address)
    found = json.loads(text(probe.hearth_probe_stream_in(address)))
    assert found["batches"] == 300 and found["rows"] == 600 and found["peak"] <= 24, found
    gc.collect()
    assert pa.total_allocated_bytes() == before
    is_flat()

    # Through Swift.
    back = ctypes.create_string_buffer(40)
    pa.RecordBatchReader.from_batches(schema, batches())._export_to_c(address)
    assert text(probe.hearth_probe_stream_echo(address, ctypes.addressof(back))) is None
    table = pa.RecordBatchReader._import_from_c(ctypes.addressof(back)).read_all()
    assert table.to_pylist() == pa.Table.from_batches(batches(), schema).to_pylist()
    del table
    is_flat()
    return f"{rows} rows, {most} buffers at most"


def check_stream_errors():
    stream = ctypes.create_string_buffer(40)
    address = ctypes.addressof(stream)
    probe.hearth_probe_stream_out(5, 2, 3, address)
    reader = pa.RecordBatchReader._import_from_c(address)
    for _ in range(3):
        reader.read_next_batch()
    for _ in range(2):
        try:
            reader.read_next_batch()
            raise AssertionError("no error")
        except OSError as error:
            assert "batch 3 was refused" in str(error), error
    del reader
    is_flat()
    # Released before its end, and before its beginning.
    for pulls in (0, 1, 2):
        probe.hearth_probe_stream_out(5, 2, -1, address)
        reader = pa.RecordBatchReader._import_from_c(address)
        batches = [reader.read_next_batch() for _ in range(pulls)]
        reader.close()
        del reader
        assert [len(batch) for batch in batches] == [2] * pulls
        del batches
        is_flat()

    def failing():
        yield pa.record_batch([[1]], names=["n"])
        raise ValueError("not today")

    schema = pa.schema([("n", pa.int64())])
    pa.RecordBatchReader.from_batches(schema, failing())._export_to_c(address)
    assert "not today" in json.loads(text(probe.hearth_probe_stream_in(address)))["error"]
    is_flat()


print(globals()["check_" + sys.argv[2]]() or "ok")
