/// One stanza of a Debian package list: fields by lower-case name, continuation lines joined by line breaks.
struct PackageStanza: Hashable {
    private(set) var fields: [String: String] = [:]

    subscript(_ name: String) -> String? {
        guard let value = fields[name], !value.isEmpty else { return nil }
        return value
    }

    var isEmpty: Bool { fields.isEmpty }

    mutating func set(_ name: String, _ value: String) { fields[name] = value }
}

/// Stanzas out of a stream of bytes, whatever the pieces in which it comes.
struct StanzaReader {
    private var pending: [UInt8] = []
    private var stanza = PackageStanza()
    private var field: String?
    private var value = ""

    /// Lines longer than this are cut, so that memory stays bounded.
    static let maximumLine = 1 << 20

    /// Takes a piece of the stream and gives the stanzas that it completes.
    mutating func take(_ bytes: some Sequence<UInt8>, _ body: (PackageStanza) throws -> Void) rethrows {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                try line(body)
            } else if pending.count < Self.maximumLine {
                pending.append(byte)
            }
        }
    }

    /// Ends the stream.
    mutating func finish(_ body: (PackageStanza) throws -> Void) rethrows {
        if !pending.isEmpty { try line(body) }
        try endStanza(body)
    }

    private mutating func line(_ body: (PackageStanza) throws -> Void) rethrows {
        let line = String(
            decoding: pending.last == UInt8(ascii: "\r") ? pending.dropLast() : pending[...], as: UTF8.self)
        pending.removeAll(keepingCapacity: true)
        if line.allSatisfy({ $0 == " " || $0 == "\t" }) { return try endStanza(body) }
        if line.utf8.first == UInt8(ascii: " ") || line.utf8.first == UInt8(ascii: "\t") {
            guard field != nil, value.utf8.count < Self.maximumLine else { return }
            // A full stop alone stands for an empty line.
            let text = Self.trimmed(line[...])
            value += "\n" + (text == "." ? "" : text)
            return
        }
        endField()
        guard let colon = line.firstIndex(of: ":") else { return }
        field = line[..<colon].lowercased()
        value = Self.trimmed(line[line.index(after: colon)...])
    }

    private mutating func endField() {
        if let field, stanza[field] == nil { stanza.set(field, value) }
        field = nil
        value = ""
    }

    private mutating func endStanza(_ body: (PackageStanza) throws -> Void) rethrows {
        endField()
        if !stanza.isEmpty { try body(stanza) }
        stanza = PackageStanza()
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
