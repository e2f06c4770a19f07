//! A report as one page of HTML: no script, nothing from elsewhere.

use std::fmt::Write as _;

use super::made::AGAIN;
use super::{ABSENT, Plot, Report, Section, TITLE};
use crate::stats::table::{Reader, Table};
use crate::stats::told::sentence;

const STYLE: &str = include_str!("../../../assets/report.css");

/// A text as it stands in HTML, in an element or in an attribute.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push(' '),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

/// A text from a log: its direction stays its own.
fn foreign(text: &str) -> String {
    format!("<bdi>{}</bdi>", plain(text))
}

fn list(lines: &[String], class: &str) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines
        .iter()
        .map(|line| format!("<li>{}</li>\n", foreign(line)));
    format!(
        "<ul class=\"{class}\">\n{}</ul>\n",
        lines.collect::<String>()
    )
}

impl Report {
    /// As one page of HTML.
    pub fn html(&self) -> String {
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{TITLE}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        );
        let _ = write!(
            out,
            "<header>\n<h1>{TITLE}</h1>\n<p>{}</p>\n{}</header>\n",
            plain(&self.made.on()),
            list(&self.scope.sentences(), "scope")
        );
        out += &self.contents();
        out += "<main>\n";
        for section in self.told() {
            out += &section.html();
        }
        let refused = self.refused();
        if !refused.is_empty() {
            let _ = writeln!(out, "<section id=\"absent\">\n<h2>{ABSENT}</h2>\n<dl>");
            for (title, reason) in refused {
                let _ = writeln!(
                    out,
                    "<dt>{}</dt><dd>{}</dd>",
                    foreign(&sentence(title)),
                    foreign(reason)
                );
            }
            out += "</dl>\n</section>\n";
        }
        out += &self.again();
        out + "</main>\n</body>\n</html>\n"
    }

    fn contents(&self) -> String {
        let mut out = "<nav aria-label=\"Contents\">\n<ol>\n".to_owned();
        for section in self.told() {
            let title = sentence(&section.told.title);
            let _ = writeln!(
                out,
                "<li><a href=\"#{}\">{}</a></li>",
                section.id,
                foreign(&title)
            );
        }
        if !self.refused().is_empty() {
            let _ = writeln!(out, "<li><a href=\"#absent\">{ABSENT}</a></li>");
        }
        let _ = writeln!(out, "<li><a href=\"#again\">{AGAIN}</a></li>");
        out + "</ol>\n</nav>\n"
    }

    fn again(&self) -> String {
        let mut out = format!(
            "<section id=\"again\">\n<h2>{AGAIN}</h2>\n<pre><code>{}</code></pre>\n<dl>\n",
            plain(&self.made.command)
        );
        for (what, version) in &self.made.versions {
            let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", plain(what), plain(version));
        }
        out + "</dl>\n" + &table(&self.made.table()) + "</section>\n"
    }
}

impl Section {
    fn html(&self) -> String {
        let told = &self.told;
        let mut out = format!(
            "<section id=\"{}\">\n<h2>{}</h2>\n{}",
            self.id,
            foreign(&sentence(&told.title)),
            list(&told.method, "method")
        );
        if let Some(refusal) = &told.refusal {
            let _ = writeln!(out, "<p class=\"refusal\">{}</p>", foreign(refusal));
        }
        if !told.caveats.is_empty() {
            let _ = write!(
                out,
                "<aside>\n<h3>Beware</h3>\n{}</aside>\n",
                list(&told.caveats, "caveats")
            );
        }
        out.extend(self.plots.iter().map(figure));
        let is_heat = |plot: &Plot| matches!(plot, Plot::Heat(_));
        match self.plots.iter().any(is_heat) {
            // The grid is what the figure shows.
            true => {
                let shown = told.tables.iter().filter(|table| table.name != "grid");
                for one in shown {
                    match one.reader {
                        Reader::Programs => out += &folded(one),
                        _ => out += &table(one),
                    }
                }
            }
            false => out.extend(told.tables_for_people().map(table)),
        }
        out + "</section>\n"
    }
}

/// A table that is opened where someone wants it.
fn folded(one: &Table) -> String {
    format!(
        "<details>\n<summary>{}, with intervals and the filter that shows the responses</summary>\n{}</details>\n",
        plain(&one.title),
        table(one)
    )
}

fn figure(plot: &Plot) -> String {
    let Some(svg) = plot.svg() else {
        return String::new();
    };
    let title = sentence(&plot.title());
    let svg = svg.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{}\" ", plain(&title)),
        1,
    );
    format!(
        "<figure>\n<div class=\"wide\" tabindex=\"0\">{svg}</div>\n<figcaption><strong>{}.</strong> {}</figcaption>\n</figure>\n",
        foreign(&title),
        plain(&plot.caption())
    )
}

/// A table of more lines is scrolled.
const LONG: usize = 40;

/// A table with its notes.
fn table(table: &Table) -> String {
    let (rows, reasons) = table.shown();
    let is_names: Vec<bool> = (0..table.columns.len())
        .map(|at| table.is_names(at))
        .collect();
    let heads = is_names.iter().take_while(|is| **is).count().min(3);
    let class = |at: usize| match is_names.get(at) {
        Some(true) => "",
        _ => " class=\"number\"",
    };
    let mut out = format!(
        "<div class=\"wide{}\" tabindex=\"0\">\n<table>\n<caption>{}</caption>\n<thead>\n<tr>",
        if rows.len() > LONG { " long" } else { "" },
        foreign(&sentence(&table.title))
    );
    for (at, head) in table.columns.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(at), foreign(head));
    }
    out += "</tr>\n</thead>\n<tbody>\n";
    for row in &rows {
        out += "<tr>";
        for (at, cell) in row.iter().enumerate() {
            let _ = match at < heads {
                true => write!(out, "<th scope=\"row\">{}</th>", foreign(cell)),
                false if is_names.get(at) == Some(&true) => {
                    write!(out, "<td>{}</td>", foreign(cell))
                }
                false => write!(out, "<td class=\"number\">{}</td>", plain(cell)),
            };
        }
        out += "</tr>\n";
    }
    if rows.is_empty() {
        let _ = writeln!(
            out,
            "<tr><td colspan=\"{}\">nothing to show</td></tr>",
            table.columns.len().max(1)
        );
    }
    out += "</tbody>\n</table>\n</div>\n";
    out + &list(&table.foot(reasons), "notes")
}
