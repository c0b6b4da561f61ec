/// What stands on the page before its script runs: controls by their names, filled and shown by the script.
enum ViewerMarkup {
    static let body = """
        <div class="search" role="search">
        <output class="matched"></output>
        <span class="field"><input id="search" type="search" placeholder="Search  ( / )" aria-label="Search functions" \
        spellcheck="false" autocomplete="off"><button id="expression" type="button" aria-pressed="false" \
        title="Search by regular expression">.*</button></span>
        </div>
        </header>
        <nav aria-label="View">
        <div class="segments" role="group" aria-label="View">
        <button type="button" data-view="graph" title="Callers and what they call (G)">Flame graph</button>\
        <button type="button" data-view="reversed" title="From the functions that spend it to their callers (R)">Reversed</button>\
        <button type="button" data-view="sandwich" title="Callers and callees of one function (S)">Sandwich</button>\
        <button type="button" data-view="table" title="All functions (T)">Table</button>
        </div>
        <div class="segments" role="group" aria-label="Sides" id="sides" hidden>
        <button type="button" data-side="both" title="As wide as the larger of the two">Both</button>\
        <button type="button" data-side="base" title="As wide as it was before">Base</button>\
        <button type="button" data-side="new" title="As wide as it is now">New</button>
        </div>
        <label hidden>Show <select id="type" title="What is measured"></select></label>
        <label hidden>Group by <select id="group" title="Values of a label at the root"></select></label>
        <label hidden>Only <select id="where" title="Samples with one value of a label"></select></label>
        <label>Colour <select id="scheme" title="What colours say"></select></label>
        <button type="button" id="flip" title="Callers above or below (I)">Flip</button>
        <button type="button" id="collapse" aria-pressed="false" title="Merge a function with itself further up the stack (M)">Merge \
        recursion</button>
        <span class="last">
        <button type="button" id="keys" aria-expanded="false" aria-controls="help" title="Keys ( ? )">?</button>
        <button type="button" id="reset" title="Show everything again (Esc)">Reset</button>
        </span>
        </nav>
        <div class="chips" aria-label="Filters" hidden></div>
        <div class="choice" hidden><label>Function <input id="function" list="functions" spellcheck="false" \
        autocomplete="off"></label><datalist id="functions"></datalist><output id="chosen-total"></output></div>
        <main>
        <div id="graph" tabindex="0" role="application" aria-label="Flame graph: arrow keys move, Enter zooms">\
        <canvas aria-hidden="true"></canvas><div class="height"></div></div>
        <div id="table" hidden tabindex="-1">
        <div class="segments" role="group" aria-label="Compared values" id="values" hidden>\
        <button type="button" data-value="self">Self</button><button type="button" data-value="total">Total</button></div>
        <table><thead></thead><tbody></tbody></table>
        </div>
        <p class="empty" hidden></p>
        </main>
        <div id="help" hidden><dl>
        <dt>/</dt><dd>search</dd><dt>← ↑ → ↓</dt><dd>move</dd><dt>Enter</dt><dd>zoom</dd><dt>Esc</dt><dd>back, at last all \
        again</dd><dt>F</dt><dd>only stacks through this function</dd><dt>H</dt><dd>take this function out of its stacks</dd>\
        <dt>X</dt><dd>drop stacks through this function</dd><dt>U</dt><dd>undo the last of these</dd><dt>S</dt><dd>sandwich of this \
        function</dd><dt>C</dt><dd>copy this stack</dd><dt>G R T</dt><dd>graph, reversed, table</dd><dt>I</dt><dd>flip</dd>\
        <dt>M</dt><dd>merge recursion</dd>
        </dl></div>
        <footer>
        <p class="detail" aria-live="polite"></p>
        <div class="actions" hidden>
        <button type="button" id="focus" title="Only stacks through this function (F)">Focus</button>
        <button type="button" id="hide" title="Take this function out of its stacks (H)">Hide</button>
        <button type="button" id="drop" title="Drop stacks through this function (X)">Drop</button>
        <button type="button" id="sandwich" title="Its callers and callees (S)">Sandwich</button>
        <button type="button" id="copy" title="Copy this stack as text (C)">Copy stack</button>
        </div>
        </footer>
        <div class="tip" role="tooltip" hidden></div>
        <noscript><p class="empty">This page draws by a script, which is not allowed to run here.</p></noscript>

        """
}
