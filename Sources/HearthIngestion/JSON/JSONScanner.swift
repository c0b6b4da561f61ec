internal import CSimdjson
package import HearthRuntime

/// Goes through documents once each and gives what stands at the wanted paths. For one task at a time.
@safe package final class JSONScanner {
    /// What stands at a path.
    package enum Value {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(TextPlace)
        case array
        case object
    }

    /// Why a document was refused: not always rightly, and without a place. `JSONValue(parsing:)` judges.
    package enum Refusal: Error, Hashable {
        case notJSON, notUTF8, numberOutOfRange, tooDeep, notAnObject, noMemory
        /// A wanted member comes twice in one object, and the later one counts.
        case repeatedName
    }

    /// Bytes that must be readable after a document.
    package static var padding: Int { hearth_json_padding() }

    private let paths: JSONPaths
    private let scanner: OpaquePointer

    package init(_ paths: JSONPaths) throws(Refusal) {
        guard let scanner = unsafe hearth_json_scanner_create() else { throw .noMemory }
        unsafe self.scanner = unsafe scanner
        self.paths = paths
    }

    deinit { unsafe hearth_json_scanner_destroy(scanner) }

    /// Scans the document at `range` of `bytes`, and calls `body` with the number of a path and what stands there, in the
    /// order of the document. Strings stay where they are as long as `bytes` and the scanner do.
    ///
    /// - Parameter strict: checks the whole document, also what no path leads to.
    @unsafe package func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, strict: Bool = true, _ body: (Int, Value) -> Void
    ) throws(Refusal) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= bytes.count - Self.padding, "a document needs padding")
        guard let base = bytes.baseAddress else { throw .notJSON }
        let status = unsafe hearth_json_scan(scanner, paths.pointer, base + range.lowerBound, range.count, strict)
        if let refusal = Self.refusal(status) { throw refusal }
        let values = unsafe UnsafeBufferPointer(
            start: hearth_json_values(scanner), count: hearth_json_value_count(scanner))
        for index in 0..<values.count {
            let value = unsafe values[index]
            unsafe body(Int(value.path), Self.value(value))
        }
    }

    @inline(__always)
    private static func value(_ value: hearth_json_value) -> Value {
        switch unsafe value.kind {
        case hearth_json_null: .null
        case hearth_json_bool: unsafe .bool(value.integer != 0)
        case hearth_json_integer: unsafe .integer(value.integer)
        case hearth_json_number: unsafe .number(value.number)
        case hearth_json_array: .array
        case hearth_json_object: .object
        default: unsafe .string(TextPlace(start: value.text, count: value.length))
        }
    }

    private static func refusal(_ status: hearth_json_status) -> Refusal? {
        switch status {
        case hearth_json_ok: nil
        case hearth_json_not_utf8: .notUTF8
        case hearth_json_number_out_of_range: .numberOutOfRange
        case hearth_json_too_deep: .tooDeep
        case hearth_json_not_an_object: .notAnObject
        case hearth_json_no_memory: .noMemory
        case hearth_json_repeated_name: .repeatedName
        default: .notJSON
        }
    }
}

/// The wanted paths as a tree, built once and read by every scanner.
@safe package final class JSONPaths: Sendable {
    /// Only read after `init`.
    nonisolated(unsafe) fileprivate let pointer: OpaquePointer
    /// The number under which the scanner gives each path, in the order in which they came.
    package let numbers: [Int]

    package init(_ paths: [FieldPath]) throws(JSONScanner.Refusal) {
        guard let pointer = unsafe hearth_json_paths_create() else { throw .noMemory }
        unsafe self.pointer = unsafe pointer
        var numbers: [Int] = []
        for path in paths {
            let number = unsafe Self.add(path, to: pointer)
            guard number >= 0 else {
                unsafe hearth_json_paths_destroy(pointer)
                throw .noMemory
            }
            numbers.append(Int(number))
        }
        self.numbers = numbers
    }

    deinit { unsafe hearth_json_paths_destroy(pointer) }

    private static func add(_ path: FieldPath, to pointer: OpaquePointer) -> Int32 {
        // All keys end to end, so that one pointer serves every segment.
        var keys: [CChar] = []
        var lengths: [Int?] = []
        for segment in path.segments {
            guard case .member(let name) = segment else {
                lengths.append(nil)
                continue
            }
            keys.append(contentsOf: name.utf8.map { CChar(bitPattern: $0) })
            lengths.append(name.utf8.count)
        }
        return unsafe keys.withUnsafeBufferPointer { keys in
            var segments: [hearth_json_segment] = unsafe []
            var start = 0
            for length in lengths {
                let key = unsafe keys.baseAddress.map { unsafe $0 + start }
                unsafe segments.append(hearth_json_segment(key: key, length: length ?? 0, each: length == nil))
                start += length ?? 0
            }
            return unsafe segments.withUnsafeBufferPointer {
                unsafe hearth_json_paths_add(pointer, $0.baseAddress, $0.count)
            }
        }
    }
}
