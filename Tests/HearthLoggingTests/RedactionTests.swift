import HearthLogging
import HearthRandom
import Testing

@Suite struct RedactionTests {
    private let redactor = Redactor()

    @Test(arguments: [
        ("ann@example.org", "[email]"),
        ("mail <ann.b-c+tag@mail.example.co.uk>, please", "mail <[email]>, please"),
        ("to:ann@example.org.", "to:[email]."),
        ("a@b.org,c@d.org;e@f.org", "[email],[email];[email]"),
        ("mailto:ann_1%x@example-site.museum?subject=hi", "mailto:[email]?subject=hi"),
        ("jürgen@müller.de", "[email]"),
        ("git@host.net:path", "[email]:path"),
        ("..ann@example.org", "..[email]"),
        ("https://ann@example.org/x", "https://[email]/x"),
        ("[ann@example.org]", "[[email]]"),
        ("ann@example.org-", "[email]-"),
    ]) func findsEmailAddresses(text: String, redacted: String) { #expect(redactor.redact(text) == redacted) }

    @Test(arguments: [
        "@main struct A", "a @ b", "ann@", "@example.org", "ann@localhost", "icon@2x.png", "tool@1.2.3",
        "@scope/tool@10.2.0", "getty@tty1.service", "user@1000.SERVICE", "ann@.org", "ann@-x.org", "ann.@x.org",
        "a@b@c", "ann@example.o1",
    ]) func leavesOtherAtSigns(text: String) { #expect(redactor.redact(text) == text) }

    @Test(arguments: [
        ("10.0.0.1", "[ip]"),
        ("from 192.168.178.20:8080, ok", "from [ip]:8080, ok"),
        ("10.0.0.0/8", "[ip]/8"),
        ("http://127.0.0.1/x", "http://[ip]/x"),
        ("root@10.0.0.1", "root@[ip]"),
        ("ip=255.255.255.255.", "ip=[ip]."),
        ("(10.1.2.3)", "([ip])"),
        ("10.0.0.1-10.0.0.9", "[ip]"),
        ("tcp:10.0.0.1", "tcp:[ip]"),
        ("::1", "[ip]"),
        ("fe80::1%eth0", "[ip]%eth0"),
        ("[2001:db8::ff00:42:8329]:443", "[[ip]]:443"),
        ("2001:0db8:0000:0000:0000:ff00:0042:8329", "[ip]"),
        ("at 2001:db8::: no", "at [ip]: no"),
        ("::ffff:10.0.0.1", "[ip]"),
        ("2001:db8:: and", "[ip] and"),
        ("2001:db8::/32", "[ip]/32"),
        ("peer 2001:db8::7: gone", "peer [ip]: gone"),
    ]) func findsNetworkAddresses(text: String, redacted: String) { #expect(redactor.redact(text) == redacted) }

    @Test(arguments: [
        "1.2.3.4-5", "v1.2.3.4", "tool-1.2.3.4", "Chrome/120.0.0.0", "tool==1.2.3.4", "version 1.2.3.4",
        "Version 1.2.3.4",
        "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4a", "1.2.3.4+dfsg", "1.2.3.4~rc1", "01.2.3.4", "6.12.43-1~bpo12+1",
        "12:30:45", "12:30:45.123456", "T12:30", "00:1a:2b:3c:4d:5e", "std::vector", "abc::def", "a::b",
        "main.swift:12:5",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "libz.so.1.2.13", "3.14", "x::1y",
    ]) func leavesVersionsAndTimes(text: String) { #expect(redactor.redact(text) == text) }

    @Test(arguments: [
        ("4111111111111111", "[card]"),
        ("card 4111 1111 1111 1111, 12/27", "card [card], 12/27"),
        ("4111-1111-1111-1111", "[card]"),
        ("id 12 4111 1111 1111 1111 12", "id 12 [card] 12"),
        ("3782 822463 10005", "[card]"),
        ("378282246310005", "[card]"),
        ("5555555555554444;", "[card];"),
        ("pan=6011111111111117", "pan=[card]"),
        ("30569309025904", "[card]"),
        ("3530111333300000", "[card]"),
        ("2223003122003222.", "[card]."),
    ]) func findsCards(text: String, redacted: String) { #expect(redactor.redact(text) == redacted) }

    @Test(arguments: [
        "4111111111111112", "4111 1111 1111 1112", "41111111111111111", "1763000000000000004", "1234567890123456",
        "4111 1111-1111 1111", "x4111111111111111", "4111111111111111x", "0x4111111111111111", "411111111111111.1111",
        "4111111111111111.5", "9999999999999995", "4111 1111 1111 11111",
    ]) func leavesOtherLongNumbers(text: String) { #expect(redactor.redact(text) == text) }

    @Test(arguments: [
        ("+4915112345678", "[phone]"),
        ("call +49 151 1234-5678!", "call [phone]!"),
        ("+49 (0)30 123456", "[phone]"),
        ("+1 (212) 555-1234", "[phone]"),
        ("+1-212-555-1234", "[phone]"),
        ("+33 1 23 45 67 89", "[phone]"),
        ("tel:+442079460958", "tel:[phone]"),
        ("(212) 555-1234", "[phone]"),
        ("212-555-1234", "[phone]"),
        ("212.555.1234", "[phone]"),
        ("1-800-555-1234.", "[phone]."),
        ("0151 23456789", "[phone]"),
        ("030/1234567", "[phone]"),
        ("020 7946 0958", "[phone]"),
        ("01 23 45 67 89", "[phone]"),
        ("(030) 1234567", "[phone]"),
        ("(+4915112345678)", "([phone])"),
    ]) func findsTelephoneNumbers(text: String, redacted: String) { #expect(redactor.redact(text) == redacted) }

    @Test(arguments: [
        "0151234567890", "2125551234", "+0100", "+1234567", "1+23456789", "+1e10", "2024-11-05 12:30:45",
        "2024-11-05T12:30:45.123Z", "05-11-2024 12:30", "05-11-2024 1230", "01/02/2024 10", "112-555-1234",
        "212-155-1234",
        "212-555-12345", "12-345-6789", "(12) items", "f(212) 555", "00 12 34 56 78", "0x7f0012345678", "1 234 567 890",
        "-0123 4567890", "+1234567890123456", "C++12345678", "0.123456789",
    ]) func leavesOtherNumbers(text: String) { #expect(redactor.redact(text) == text) }

    @Test(arguments: [
        "550e8400-e29b-41d4-a716-446655440000", "12345678-1234-1234-1234-123456789012",
        "00000000-0000-0000-0000-000000000000", "4111-1111-1111-1111-111111111111",
        "build-id 3a4f5b6c7d8e9f00112233445566778899aabbcc",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "/usr/lib/x86_64-linux-gnu/libc.so.6", "/proc/4242/task/4243/stat", "[0x00007ffff7dd5000, 0x00007ffff7dd7000)",
        "linux-image-6.1.0-18-amd64_6.1.76-1_amd64.deb", "C:\\a\\10.0.19041.1", "10 000 000 items in 1.25 s (99.7 %)",
        "4096/8192/16384", "$s15HearthCoalescer8ScheduleC7enqueue", "00:11:22", "Swift 6.3.1 (swift-6.3.1-RELEASE)",
        "1732697160.123456789", "2024-11-05", "20241105123045", "id=18446744073709551615", "3 of 4, 5/6, 7-8, 9.10",
        "p50=1.5ms p99=2.25ms", "Mon Nov  5 12:30:45 2024", "2,147,483,647", "9.81e-10", "utf8[12..<34]",
    ]) func leavesWhatServicesLog(text: String) { #expect(redactor.redact(text) == text) }

    /// A name may be 64 bytes long; what stands before stays, whole.
    @Test func longNamesAreCutBetweenCharacters() {
        let redacted = redactor.redact(String(repeating: "漢", count: 40) + "@example.org")
        #expect(redacted == String(repeating: "漢", count: 19) + "[email]")
        #expect(redactor.redact(redacted) == redacted)
    }

    @Test func findsSeveralKindsInOneText() {
        #expect(
            redactor.redact("ann@example.org (+49 151 12345678) paid with 4111 1111 1111 1111 from 10.0.0.1")
                == "[email] ([phone]) paid with [card] from [ip]")
    }

    @Test func kindsCanBeChosen() {
        let text = "ann@example.org +49 151 12345678 4111111111111111 10.0.0.1 fe80::1"
        #expect(Redactor([]).redact(text) == text)
        #expect(
            Redactor(.emailAddresses).redact(text) == "[email] +49 151 12345678 4111111111111111 10.0.0.1 fe80::1")
        #expect(
            Redactor([.networkAddresses]).redact(text) == "ann@example.org +49 151 12345678 4111111111111111 [ip] [ip]")
        #expect(
            Redactor([.cardNumbers, .phoneNumbers]).redact(text) == "ann@example.org [phone] [card] 10.0.0.1 fe80::1")
    }

    @Test(arguments: [
        "token", "accessToken", "X-Access-Token", "session.token", "ACCESS_TOKEN", "apiKey", "X-API-Key", "api key",
        "email",
        "userEmail", "Set-Cookie", "password", "DB_PASSWORD", "Authorization",
    ]) func hidesValuesOfKeys(key: String) { #expect(redactor.hides(key: key)) }

    @Test(arguments: ["", "tokens", "token_count", "key", "node", "tokenizer", "emailed", "-", "passwordless"])
    func showsValuesOfOtherKeys(key: String) { #expect(!redactor.hides(key: key)) }

    @Test func keysCanBeNamed() {
        let redactor = Redactor(keys: ["customer-id"])
        #expect(redactor.hides(key: "customerId") && redactor.hides(key: "the_customer_id"))
        #expect(!redactor.hides(key: "token") && !redactor.hides(key: "id"))
        #expect(!Redactor(keys: []).hides(key: "token"))
    }
}
