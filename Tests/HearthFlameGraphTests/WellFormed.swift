import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads the titles of frames, as a program would that knows flamegraph.pl's files; fails where the XML is none.
@discardableResult
func expectWellFormed(_ svg: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
    let reader = TitleReader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    let isWellFormed = parser.parse()
    #expect(
        isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))",
        sourceLocation: sourceLocation)
    return reader.titles
}

private final class TitleReader: NSObject, XMLParserDelegate {
    private(set) var titles: [String] = []
    private var isInFrame = false
    private var text: String?

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == "g" { isInFrame = attributes["class"] == "frame" }
        if name == "title" && isInFrame { text = "" }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text?.append(characters) }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "title", let text {
            titles.append(text)
            self.text = nil
        }
    }
}
