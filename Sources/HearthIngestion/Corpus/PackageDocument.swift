internal import HearthJSON

/// A stanza as a nested JSON document, with members only for what the stanza has.
struct PackageDocument {
    private let stanza: PackageStanza
    /// `name_version_architecture`, as in the name of the package's file: what makes it one among all.
    let id: String

    /// Nil for a stanza that is no package.
    init?(_ stanza: PackageStanza) {
        guard let name = stanza["package"], let version = stanza["version"] else { return nil }
        self.stanza = stanza
        id = "\(name)_\(version)_\(stanza["architecture"] ?? "all")"
    }

    /// Dependency fields and the member that each becomes.
    private static let relations = [
        ("depends", "depends"), ("pre-depends", "pre_depends"), ("recommends", "recommends"), ("suggests", "suggests"),
        ("enhances", "enhances"), ("provides", "provides"), ("conflicts", "conflicts"), ("breaks", "breaks"),
        ("replaces", "replaces"),
    ]

    /// Appends the document as one line.
    func write(to json: inout JSONText) {
        json.beginObject()
        json.key("id")
        json.string(id)
        member("name", "package", &json)
        member("version", "version", &json)
        member("architecture", "architecture", &json)
        member("source", "source", &json)
        member("section", "section", &json)
        member("priority", "priority", &json)
        writeMaintainer(&json)
        writeDescription(&json)
        member("homepage", "homepage", &json)
        for (field, name) in Self.relations { writeRelations(field, as: name, &json) }
        writeSize(&json)
        writeTags(&json)
        json.endObject()
        json.endLine()
    }

    private func member(_ name: String, _ field: String, _ json: inout JSONText) {
        guard let value = stanza[field] else { return }
        json.key(name)
        json.string(value)
    }

    /// `Name <address>`, either of which may be missing.
    private func writeMaintainer(_ json: inout JSONText) {
        guard let text = stanza["maintainer"] else { return }
        var name = text[...]
        var email: Substring?
        if let open = text.lastIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close {
            name = text[..<open]
            email = text[text.index(after: open)..<close]
        } else if text.contains("@"), !text.contains(" ") {
            email = text[...]
            name = ""
        }
        while name.last == " " { name.removeLast() }
        if name.count > 1, name.first == "\"", name.last == "\"" { name = name.dropFirst().dropLast() }
        json.key("maintainer")
        json.beginObject()
        if !name.isEmpty {
            json.key("name")
            json.string(String(name))
        }
        if let email, !email.isEmpty {
            json.key("email")
            json.string(String(email))
        }
        json.endObject()
    }

    private func writeDescription(_ json: inout JSONText) {
        guard let text = stanza["description"] ?? stanza["description-en"] else { return }
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        json.key("description")
        json.beginObject()
        if let short = parts.first, !short.isEmpty {
            json.key("short")
            json.string(String(short))
        }
        if parts.count > 1, !parts[1].isEmpty {
            json.key("long")
            json.string(String(parts[1]))
        }
        json.endObject()
    }

    private func writeRelations(_ field: String, as name: String, _ json: inout JSONText) {
        guard let text = stanza[field] else { return }
        let dependencies = PackageRelation.parse(text)
        if dependencies.isEmpty { return }
        json.key(name)
        json.beginArray()
        for alternatives in dependencies {
            guard let first = alternatives.first else { continue }
            json.beginObject()
            Self.write(first, to: &json)
            if alternatives.count > 1 {
                json.key("alternatives")
                json.beginArray()
                for alternative in alternatives.dropFirst() {
                    json.beginObject()
                    Self.write(alternative, to: &json)
                    json.endObject()
                }
                json.endArray()
            }
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ relation: PackageRelation, to json: inout JSONText) {
        json.key("name")
        json.string(relation.name)
        for (key, value) in [
            ("qualifier", relation.qualifier), ("relation", relation.relation), ("version", relation.version),
        ] {
            guard let value else { continue }
            json.key(key)
            json.string(value)
        }
        if relation.architectures.isEmpty { return }
        json.key("architectures")
        json.beginArray()
        for architecture in relation.architectures { json.string(architecture) }
        json.endArray()
    }

    private func writeSize(_ json: inout JSONText) {
        let installed = stanza["installed-size"].flatMap { Int($0) }
        let download = stanza["size"].flatMap { Int($0) }
        if installed == nil && download == nil { return }
        json.key("size")
        json.beginObject()
        if let installed {
            json.key("installed_kib")
            json.integer(installed)
        }
        if let download {
            json.key("download_bytes")
            json.integer(download)
        }
        json.endObject()
    }

    private func writeTags(_ json: inout JSONText) {
        guard let text = stanza["tag"] else { return }
        let tags = text.split { $0 == "," || $0 == "\n" || $0 == " " }
        if tags.isEmpty { return }
        json.key("tags")
        json.beginArray()
        for tag in tags { json.string(String(tag)) }
        json.endArray()
    }
}
