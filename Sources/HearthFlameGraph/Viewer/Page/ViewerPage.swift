/// A web page of one file that draws a profile or a difference on a canvas.
struct ViewerPage {
    var data: ViewerData
    var title: String
    var subtitle: String
    var options: FlameGraphOptions

    func markup() -> [UInt8] {
        let bytes = data.stream.base64
        var html = MarkupWriter()
        html.reserve(bytes.count + data.settings.count + 80_000)
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        // The page asks for nothing; this has the browser hold it to that.
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ")
        html.raw("style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n")
        html.raw("<link rel=\"icon\" href=\"data:,\">\n<title>")
        html.text(title)
        html.raw("</title>\n<style>\n")
        html.raw(ViewerStyle.sheet)
        html.raw("</style>\n</head>\n<body>\n<header>\n<div class=\"titles\"><h1>")
        html.text(title)
        html.raw("</h1><p class=\"subtitle\">")
        html.text(subtitle)
        html.raw("</p></div>\n")
        html.raw(ViewerMarkup.body)
        html.raw("<script type=\"application/json\" id=\"settings\">")
        html.raw(data.settings)
        html.raw("</script>\n<script type=\"text/plain\" id=\"data\">")
        html.raw(bytes)
        html.raw("</script>\n<script>\n(() => {\n\"use strict\";\n")
        html.raw("const ICICLE = \(options.orientation == .icicle), REVERSED = \(options.reverse);\n")
        // What the user called it stays; what was not named follows the sample type that is shown.
        html.raw("const TITLED = \(options.title != nil), SUBTITLED = \(options.subtitle != nil);\n")
        html.raw(ViewerScript.source)
        html.raw("})();\n</script>\n</body>\n</html>\n")
        return html.bytes
    }
}
