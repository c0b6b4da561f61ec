/// A request as a client sends it.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: HTTPURL
    /// Behind the prefix of the URL, percent-encoded, with the query; begins with `/`.
    package var path: String
    /// `Host`, `Content-Length` and `Connection` are added; `Authorization` too, where the URL has user and password and the
    /// field is not here.
    package var fields: HTTPFieldList
    package var body: [UInt8]

    package init(
        _ url: HTTPURL, method: String = "GET", path: String = "/", fields: HTTPFieldList = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.path = path
        self.fields = fields
        self.body = body
    }
}

/// A request as a server got it, its body whole.
package struct HTTPServerRequest: Sendable {
    package struct QueryItem: Hashable, Sendable {
        package var name: String
        /// Empty where there is no `=`.
        package var value: String
    }

    /// As sent, such as `GET`.
    package var method: String
    /// Percent-decoded, without the query; begins with `/`, or is `*`.
    package var path: String
    /// Percent-decoded, in the order sent.
    package var query: [QueryItem]
    package var fields: HTTPFieldList
    package var body: [UInt8]

    /// The first value of a query item.
    package func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// What a server answers and a client gets, its body whole.
package struct HTTPResponse: Hashable, Sendable {
    /// 200 to 599.
    package var status: Int
    /// A server adds `Content-Length` and `Connection`.
    package var fields: HTTPFieldList
    package var body: [UInt8]

    package init(status: Int = 200, fields: HTTPFieldList = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A text of one line, its end added.
    package static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: ["Content-Type": "text/plain; charset=utf-8"], body: Array("\(text)\n".utf8))
    }
}
