//! The script strip: the script of each part of a trace as a colour with its code, so that one sees where the reasoning
//! changes script.

use ratatui::layout::Rect;

use crate::script::Script;
use crate::tui::text::Canvas;
use crate::tui::theme::Theme;

/// A whole trace from left to right. Each run of one script begins with its code, or as much of it as fits.
pub fn across(scripts: &[Option<Script>], area: Rect, theme: &Theme, canvas: &mut Canvas) {
    let width = usize::from(area.width);
    let script = |x: usize| {
        scripts
            .get(x * scripts.len() / width.max(1))
            .copied()
            .flatten()
    };
    let mut x = 0;
    while x < width {
        let Some(here) = script(x) else {
            x += 1;
            continue;
        };
        let end = (x..width)
            .find(|x| script(*x) != Some(here))
            .unwrap_or(width);
        let style = theme.script(here);
        let code = here.as_str();
        let label = format!("{code:<room$.room$}", room = end - x);
        canvas.put(area.x + x as u16, area.y, (end - x) as u16, &label, style);
        x = end;
    }
}

/// One row of a trace: a bar in the colour of its script, and the code where it is news.
pub fn beside(script: Script, news: bool, x: u16, y: u16, theme: &Theme, canvas: &mut Canvas) {
    let style = theme.script(script);
    let code = if news { script.as_str() } else { "    " };
    canvas.put(x, y, 4, code, theme.faint);
    canvas.put(x + 4, y, 1, " ", style);
}
