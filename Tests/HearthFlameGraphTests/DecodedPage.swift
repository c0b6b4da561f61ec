import Foundation

/// A page read back, as its script reads it: by the comments on the format, not by the code that wrote it.
struct DecodedPage {
    struct Node: Equatable {
        var parent: Int
        var function: Int
    }

    struct Row: Equatable {
        var node: Int
        var set: Int
        var values: [UInt64]
    }

    struct Verdict: Equatable {
        var node: Int
        var color: Int
        var moved: Bool
        var low: Float
        var high: Float
    }

    let settings: [String: Any]
    private(set) var nodes = [Node(parent: -1, function: -1)]
    private(set) var rows: [Row] = []
    private(set) var verdicts: [Verdict] = []
    private(set) var functionRows = 0
    /// Bytes of the data before base64.
    let size: Int

    private var bytes: [UInt8]
    private var position = 0

    init(_ html: String) throws {
        let json = try Self.between(html, "id=\"settings\">", "</script>")
        settings = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
        let text = try Self.between(html, "id=\"data\">", "</script>")
        bytes = try [UInt8](Wanted.some(Data(base64Encoded: text), "base64"))
        size = bytes.count
        let isDiff = settings["diff"] != nil
        let columns = isDiff ? 2 : (settings["types"] as? [Any] ?? []).count
        let hasSets = (settings["sets"] as? [Any] ?? []).count > 1

        var path = [0]
        for node in 1..<max(int("nodes"), 1) {
            path.removeLast(Int(varint()))
            nodes.append(Node(parent: path[path.count - 1], function: Int(varint())))
            path.append(node)
        }
        var last = 0
        for _ in 0..<int("rows") {
            last += Int(varint())
            let set = hasSets ? Int(varint()) : 0
            rows.append(Row(node: last, set: set, values: (0..<columns).map { _ in varint() }))
        }
        if isDiff {
            last = 0
            for _ in 0..<varint() {
                last += Int(varint())
                let coded = Int(varint())
                verdicts.append(
                    Verdict(node: last, color: coded >> 1, moved: coded & 1 == 1, low: float(), high: float()))
            }
            functionRows = Int(varint())
            for _ in 0..<functionRows {
                _ = varint()
                for _ in 0..<2 { _ = (varint(), float(), float()) }
            }
        }
        guard position == bytes.count else { throw Wanted.missing("\(bytes.count - position) bytes are left over") }
    }

    var names: [String] { settings["names"] as? [String] ?? [] }

    func int(_ key: String) -> Int { (settings[key] as? NSNumber)?.intValue ?? -1 }

    /// Names from the root.
    func path(to node: Int) -> [String] {
        var path: [String] = []
        var current = node
        while current != 0 {
            path.append(names[nodes[current].function])
            current = nodes[current].parent
        }
        return path.reversed()
    }

    private mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    private mutating func float() -> Float {
        defer { position += 4 }
        return Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) })
    }

    private static func between(_ text: String, _ start: String, _ end: String) throws -> String {
        let begin = try Wanted.some(text.range(of: start), start).upperBound
        let finish = try Wanted.some(text.range(of: end, range: begin..<text.endIndex), end).lowerBound
        return String(text[begin..<finish])
    }

    private enum Wanted: Error {
        case missing(String)

        static func some<Value>(_ value: Value?, _ what: String) throws -> Value {
            guard let value else { throw missing(what) }
            return value
        }
    }
}
