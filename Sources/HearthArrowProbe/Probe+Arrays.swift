public import CArrow
internal import Foundation
internal import HearthArrow
internal import HearthRandom
internal import HearthRandomColumns
internal import HearthRuntime

// What the Python of the tests calls. Texts that are given are the caller's, for `hearth_probe_free`.

func copied(_ text: String) -> UnsafeMutablePointer<CChar>? { unsafe strdup(text) }

func json(_ values: some Encodable) -> String {
    do {
        return String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    } catch {
        return "\"\(error)\""
    }
}

@c(hearth_probe_free)
public func free(text: UnsafeMutablePointer<CChar>?) { unsafe Foundation.free(text) }

/// Buffers of columns that came through here and are still there.
@c(hearth_probe_live)
public func live() -> Int { LiveMemory.shared.count }

/// A random column of one of ten kinds, and what is in it as JSON, made of the values that it was made of.
@c(hearth_probe_random)
public func random(
    kind: Int, seed: UInt64, count: Int, nulls: Int, schema: UnsafeMutablePointer<ArrowSchema>,
    array: UnsafeMutablePointer<ArrowArray>
) -> UnsafeMutablePointer<CChar>? {
    var random = SeededGenerator(seed: seed)
    let made = random.column(like: RandomColumn.kinds[kind], count: count, nulls: nulls)
    LiveMemory.shared.watch(made.column)
    unsafe made.column.exportArrow(name: "column", schema: schema, array: array)
    return unsafe copied(json(made.values))
}

/// Takes an array, reads a part of it, and gives it out again; gives nil, or why not.
@c(hearth_probe_echo)
public func echo(
    schema: UnsafeMutablePointer<ArrowSchema>, array: UnsafeMutablePointer<ArrowArray>, from: Int, to: Int,
    backSchema: UnsafeMutablePointer<ArrowSchema>, backArray: UnsafeMutablePointer<ArrowArray>
) -> UnsafeMutablePointer<CChar>? {
    defer { unsafe schema.pointee.release?(schema) }
    do {
        let column = unsafe try Column(importing: array, schema: schema)
        LiveMemory.shared.watch(column)
        unsafe column.slice(from..<to).exportArrow(name: "column", schema: backSchema, array: backArray)
        return nil
    } catch {
        return unsafe copied(String(describing: error))
    }
}

/// Takes an array and keeps it until ``drop(handle:)``; nil where it cannot be read, and `text` says why, else what is in it.
@c(hearth_probe_keep)
public func keep(
    schema: UnsafeMutablePointer<ArrowSchema>, array: UnsafeMutablePointer<ArrowArray>,
    text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> UnsafeMutableRawPointer? {
    defer { unsafe schema.pointee.release?(schema) }
    do {
        let column = unsafe try Column(importing: array, schema: schema)
        unsafe text.pointee = copied(json(PlainValue.items(of: column)))
        return unsafe Unmanaged.passRetained(KeptColumn(column)).toOpaque()
    } catch {
        unsafe text.pointee = copied(String(describing: error))
        return nil
    }
}

@c(hearth_probe_drop)
public func drop(handle: UnsafeMutableRawPointer) { unsafe Unmanaged<KeptColumn>.fromOpaque(handle).release() }

private final class KeptColumn {
    let column: Column
    init(_ column: Column) { self.column = column }
}
