package import HearthJSON

/// Where and why a document was set aside, as everybody is told of it.
package struct RejectedPlace: Hashable, Sendable {
    /// Of the text that was given, from 1.
    package var line: Int
    /// Of the fault, from the start of the text.
    package var byte: Int
    package var node: String
    package var reason: String

    /// Members of an object that has begun: `line`, `byte`, `node` and `reason`.
    package func write(to json: inout JSONText) {
        json.key("line")
        json.integer(line)
        json.key("byte")
        json.integer(byte)
        json.key("node")
        json.string(node)
        json.key("reason")
        json.string(reason)
    }
}

extension RejectedDocument {
    var place: RejectedPlace { RejectedPlace(line: line, byte: byte, node: node, reason: reason) }
}
