//! What the mouse does.

use super::*;
use crate::tui::screens::help;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let at = Position::new(mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.click(at),
            MouseEventKind::Drag(MouseButton::Left) => {
                let text = areas(self).text;
                if self.screen == Screen::Read && text.contains(at) {
                    self.page.point(at.y - text.y, at.x - text.x, true);
                }
                Vec::new()
            }
            MouseEventKind::ScrollDown => self.wheel(at, 3),
            MouseEventKind::ScrollUp => self.wheel(at, -3),
            MouseEventKind::ScrollRight => self.wheel_sideways(1),
            MouseEventKind::ScrollLeft => self.wheel_sideways(-1),
            _ => Vec::new(),
        }
    }

    pub(super) fn click(&mut self, at: Position) -> Vec<Effect> {
        if self.help.take().is_some() || self.prompt.take().is_some() {
            return Vec::new();
        }
        if let Some((_, clause)) = self.layout.chips.iter().find(|(area, _)| area.contains(at)) {
            return self.remove_clause(*clause);
        }
        if self.layout.barrier.contains(at) {
            return self.act(Action::Barrier);
        }
        let areas = areas(self);
        let line = |area: Rect, top: usize| top + usize::from(at.y.saturating_sub(area.y));
        if self.screen == Screen::Read && areas.text.contains(at) {
            self.inspecting = true;
            self.page
                .point(at.y - areas.text.y, at.x - areas.text.x, false);
        }
        if let (Screen::Flips, Some(flips)) = (self.screen, &mut self.flips) {
            let body = areas.body;
            if let Some(line) =
                at.y.checked_sub(body.y + FLIPS_HEAD)
                    .filter(|_| body.contains(at))
            {
                let line = flips.list.top + usize::from(line);
                let count = flips.found.as_ref().map_or(0, |found| found.pairs.len());
                let again = flips.list.at == line;
                flips.list.go(line, count);
                return if again {
                    self.act(Action::Open)
                } else {
                    Vec::new()
                };
            }
        }
        match self.screen {
            Screen::Matrix => return self.click_in_matrix(at),
            Screen::Patterns => return self.click_in_patterns(at),
            Screen::Again => return self.click_in_again(at),
            _ => {}
        }
        if let (Screen::Compare, Some(compare)) = (self.screen, &mut self.compare) {
            let panes = panes(areas.panes, compare.panes.len());
            let clicked = |(head, text): &(Rect, Rect)| head.contains(at) || text.contains(at);
            compare.focus = panes.all.iter().position(clicked).unwrap_or(compare.focus);
        }
        if self.screen != Screen::Browse {
            return Vec::new();
        }
        if areas.list.contains(at) {
            let line = line(areas.list, self.list.top);
            let again = line == self.list.at && self.focus == Focus::List;
            self.focus = Focus::List;
            self.list.go(line, self.entries.len());
            // A click on the selected row opens it.
            return if again {
                self.act(Action::Open)
            } else {
                Vec::new()
            };
        }
        if areas.facets.contains(at) {
            let line = line(areas.facets, self.facets.top);
            self.focus = Focus::Facets;
            if line < self.facet_lines().len() {
                self.facets.at = line;
                return self.toggle_facet(false);
            }
        } else if areas.preview.contains(at) {
            self.focus = Focus::Preview;
        }
        Vec::new()
    }

    fn wheel_sideways(&mut self, columns: isize) -> Vec<Effect> {
        if self.screen == Screen::Matrix {
            let to = self.heat.at[1].at.saturating_add_signed(columns);
            self.heat.go(1, to);
        }
        Vec::new()
    }

    pub(super) fn wheel(&mut self, at: Position, lines: isize) -> Vec<Effect> {
        if let Some(scroll) = self.help {
            let last = help::last(self);
            self.help = Some(scroll.saturating_add_signed(lines).min(last));
            return Vec::new();
        }
        let areas = areas(self);
        match self.screen {
            Screen::Read => self.page.scroll(lines),
            Screen::Compare => self
                .compare
                .iter_mut()
                .for_each(|compare| compare.scroll(lines)),
            Screen::Flips => {
                if let Some(flips) = &mut self.flips {
                    let count = flips.found.as_ref().map_or(0, |found| found.pairs.len());
                    let to = flips.list.at.saturating_add_signed(lines);
                    flips.list.go(to, count);
                }
            }
            Screen::Matrix => {
                let to = self.heat.at[0].at.saturating_add_signed(lines);
                self.heat.go(0, to);
            }
            Screen::Patterns => self.wheel_in_patterns(at, lines),
            Screen::Again => {
                if let Some(again) = &mut self.again {
                    again.go(again.list.at.saturating_add_signed(lines));
                }
            }
            Screen::Tags => {
                let one = if lines < 0 { Action::Up } else { Action::Down };
                for _ in 0..lines.unsigned_abs() {
                    self.act_in_tags(one);
                }
            }
            Screen::Problems => {
                let to = self.problems.at.saturating_add_signed(lines);
                self.problems.go(to, self.notices());
            }
            Screen::Browse if areas.preview.contains(at) => {
                self.preview.scroll(lines);
            }
            Screen::Browse if areas.facets.contains(at) => {
                let to = self.facets.at.saturating_add_signed(lines);
                self.facets.go(to, self.facet_lines().len());
            }
            Screen::Browse => self.list.go(
                self.list.at.saturating_add_signed(lines),
                self.entries.len(),
            ),
        }
        Vec::new()
    }
}
