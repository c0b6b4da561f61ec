import HearthHTTP
import Testing

@Suite struct HTTPAddressTests {
    @Test(arguments: [
        ("127.0.0.1:4041", "127.0.0.1:4041", true), ("[::1]:4041", "[::1]:4041", true),
        (":4041", "127.0.0.1:4041", true),
        ("4041", "127.0.0.1:4041", true), ("localhost:0", "localhost:0", true), ("0.0.0.0:80", "0.0.0.0:80", false),
        ("[::]:80", "[::]:80", false), ("127.0.0.1.example:80", "127.0.0.1.example:80", false),
        ("127.evil:1", "127.evil:1", false), ("127.9.9.9:65535", "127.9.9.9:65535", true),
        ("unix:/run/h.sock", "unix:/run/h.sock", true), ("/run/h.sock", "unix:/run/h.sock", true),
        ("a_b-c.example:1", "a_b-c.example:1", false),
    ])
    func isReadAndPrinted(text: String, printed: String, isLocal: Bool) throws {
        let address = try HTTPAddress(text)
        #expect(address.description == printed)
        #expect(address.isLocal == isLocal)
        #expect(try HTTPAddress(address.description) == address)
    }

    @Test(
        arguments: [
            ("", .noPort), ("localhost", .noPort), ("[::1]", .noPort), ("[::1]4041", .noPort),
            ("::1:80", .bracketsMissing),
            ("host:", .badPort), ("host:65536", .badPort), ("host:-1", .badPort), ("host:+1", .badPort),
            (":", .badPort),
            ("70000", .badPort), ("ho st:1", .badHost), ("[]:1", .badHost), ("[host]:1", .badHost), ("a/b:1", .badHost),
            ("ü:1", .badHost), ("unix:", .badPath), ("unix:relative", .badPath), ("/", .badPath), ("/run/", .badPath),
            ("/a\0b", .badPath), ("/" + String(repeating: "x", count: 107), .pathTooLong),
        ] as [(String, HTTPAddressError.Reason)])
    func isRefused(text: String, reason: HTTPAddressError.Reason) {
        #expect {
            try HTTPAddress(text)
        } throws: { error in
            (error as? HTTPAddressError)?.reason == reason && !"\(error)".contains("\n")
        }
    }

    @Test(
        arguments: [
            ("http://host", "http://host:80", nil, false), ("HTTP://host:4040/", "http://host:4040", nil, false),
            ("https://host/a/b/", "https://host:443/a/b", nil, true),
            ("http://[::1]/x", "http://[::1]:80/x", nil, false),
            ("unix:/run/x", "unix:/run/x", nil, false),
            ("http://user:p%40ss:w@host:1/x", "http://***@host:1/x", "Basic dXNlcjpwQHNzOnc=", false),
            ("http://user@host", "http://***@host:80", "Basic dXNlcjo=", false),
        ] as [(String, String, String?, Bool)])
    func aURLIsReadAndPrintedWithoutSecrets(text: String, printed: String, authorization: String?, usesTLS: Bool) throws
    {
        let url = try HTTPURL(text)
        #expect(url.description == printed)
        #expect(url.authorization?.exposed == authorization)
        #expect(url.usesTLS == usesTLS)
    }

    @Test(arguments: [
        "ftp://user:secret@host", "http://user:secret@", "http://user:sec/secret@host", "http://user:?secret@host",
        "user:secret@host", "http://user:secret%zz@host", "http://host?token=secret", "http://host/#secret",
        "http://user:secret@host:99999", "http://user:secret@:80", "http://us@er:secret@host/ x",
    ])
    func aURLThatIsNoneShowsNoSecret(text: String) {
        #expect {
            try HTTPURL(text)
        } throws: { error in
            error is HTTPURLError && !"\(error)".contains("secret") && !"\(error)".contains("\n")
        }
    }

    @Test func aSecretPrintsNowhere() throws {
        let url = try HTTPURL("http://user:geheim@host")
        var dumped = ""
        dump(url, to: &dumped)
        let secret = try #require(url.authorization)
        for shown in ["\(url)", "\(secret)", String(reflecting: url), String(describing: Optional(secret)), dumped] {
            #expect(!shown.contains("geheim"))
            #expect(!shown.contains(secret.exposed))
        }
    }

    @Test func percentEncodingGoesBothWays() throws {
        #expect(percentEncoded("a b/ü~%") == "a%20b%2F%C3%BC~%25")
    }
}
