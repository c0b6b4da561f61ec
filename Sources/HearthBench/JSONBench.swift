import Foundation
import HearthIngestion
import HearthJSON
import HearthRuntime

/// Six fields of every document of a corpus, into columns as the pipeline has it, by JSONPath over a tree, and by Foundation: bytes of
/// documents a second of CPU time, on one thread.
struct JSONBench {
    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let rounds = 15

    private let paths: [FieldPath]
    private let fields: [DocumentField]
    /// As the reader of the pipeline makes them.
    private let batches: [BytesColumn]
    private let arrays: [[UInt8]]
    private let size: Int

    init() throws {
        paths = try ["id", "name", "version", "section", "description.short", "size.installed_kib"].map {
            try FieldPath($0)
        }
        fields = paths.map { DocumentField($0, $0.description == "size.installed_kib" ? .number : .text) }
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.corpus)))
        arrays = file.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        size = arrays.reduce(0) { $0 + $1.count }
        let length = DocumentReader.Limits().batch
        batches = stride(from: 0, to: arrays.count, by: length).map { [arrays] start in
            var batch = BytesColumn()
            for document in arrays[start..<min(start + length, arrays.count)] { batch.append(document) }
            batch.pad(to: JSONScanner.padding)
            return batch
        }
    }

    func run() throws {
        print(
            "# six fields of each of \(arrays.count) documents of \(Self.corpus); medians of \(Self.rounds) passes")
        printFigure("json.document", Double(size) / Double(arrays.count), "bytes")
        let compiled = try paths.map { try JSONPath($0.jsonPath) }
        try measure("json.pick6", passes: 20) { try pick(isStrict: false) }
        try measure("json.pick6.strict", passes: 20) { try pick(isStrict: true) }
        try measure("json.tree") { try arrays.reduce(0) { try $0 + Self.size(JSONValue(parsing: $1)) } }
        try measure("json.jsonpath") {
            try arrays.reduce(0) { sum, document in
                let tree = try JSONValue(parsing: document)
                return try paths.reduce(sum) { try $0 + Self.size(JSONPath($1.jsonPath).values(in: tree)) }
            }
        }
        try measure("json.jsonpath.compiled") {
            try arrays.reduce(0) { sum, document in
                let tree = try JSONValue(parsing: document)
                return compiled.reduce(sum) { $0 + Self.size($1.values(in: tree)) }
            }
        }
        // As `--fields jsonpath` does it.
        try measure("json.jsonpath.access") {
            try arrays.reduce(0) { sum, document in
                try paths.reduce(sum) {
                    try $0 + Self.size(JSONPath($1.jsonPath).values(in: JSONValue(parsing: document)))
                }
            }
        }
        let data = arrays.map { Data($0) }
        try measure("json.foundation") { try data.reduce(0) { try $0 + Self.foundation($1) } }
    }

    /// Prints how fast a pass is. Each gives a sum over what it has read, the same in every pass, so that none is left out.
    private func measure(_ key: String, passes: Int = 1, _ pass: () throws -> Int) throws {
        let expected = try pass()
        var seconds: [Double] = []
        for _ in 0..<Self.rounds {
            let start = processNanoseconds()
            for _ in 0..<passes {
                let sum = try pass()
                precondition(sum == expected, "two passes read the same")
            }
            seconds.append(Double(processNanoseconds() - start) / 1e9 / Double(passes))
        }
        printFigure(key, Double(size) / seconds.quantile(0.5) / 1e9, "GB/s", digits: 3)
    }

    private func pick(isStrict: Bool) throws -> Int {
        let parser = try DocumentParser(fields, isStrict: isStrict)
        var sum = 0
        for batch in batches {
            let (record, rejections) = try parser.record(of: batch)
            precondition(rejections.isEmpty, "every document is read")
            for column in record.columns.values {
                switch column.content {
                case .text(let texts): sum += texts.bytes.count
                default: sum += column.count
                }
            }
        }
        return sum
    }

    private static func size(_ value: JSONValue) -> Int {
        if case .object(let object) = value { object.count } else { 0 }
    }

    private static func size(_ values: [JSONValue]) -> Int {
        values.reduce(0) { sum, value in
            switch value {
            case .string(let text): sum + text.utf8.count
            case .integer(let integer): sum + Int(integer & 0xFF)
            default: sum + 1
            }
        }
    }

    private static func foundation(_ document: Data) throws -> Int {
        guard let object = try JSONSerialization.jsonObject(with: document) as? [String: Any] else { return 0 }
        var sum = 0
        for name in ["id", "name", "version", "section"] { sum += (object[name] as? String)?.utf8.count ?? 0 }
        sum += ((object["description"] as? [String: Any])?["short"] as? String)?.utf8.count ?? 0
        sum += (object["size"] as? [String: Any])?["installed_kib"] as? Int ?? 0
        return sum
    }
}
