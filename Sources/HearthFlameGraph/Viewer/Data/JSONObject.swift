/// A JSON object for the page, written key by key. What it says needs no escaping in HTML.
struct JSONObject {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isFirst = true

    /// Ended; the object takes no more keys.
    var text: String { String(decoding: ended, as: UTF8.self) }

    var ended: [UInt8] { bytes + [UInt8(ascii: "}")] }

    /// A value that is JSON already.
    mutating func raw(_ key: String, _ value: String) {
        bytes.append(contentsOf: (isFirst ? "" : ",").utf8)
        bytes.append(contentsOf: "\(scriptString(key)):\(value)".utf8)
        isFirst = false
    }

    mutating func number(_ key: String, _ value: Double) {
        raw(key, value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)")
    }

    mutating func text(_ key: String, _ value: String) { raw(key, scriptString(value)) }

    mutating func strings(_ key: String, _ values: [String]) { raw(key, jsonList(values, scriptString)) }
}

/// A JSON array of what `write` makes of each item.
func jsonList<Item>(_ items: [Item], _ write: (Item) -> String) -> String {
    "[" + items.map(write).joined(separator: ",") + "]"
}
