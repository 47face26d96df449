// SPDX-License-Identifier: BSD-3-Clause
#include "web/pagechecks.h"

using namespace Qt::StringLiterals;

namespace switchboard::test {

const QString FaintTexts = uR"js(
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = channels(color).map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if ((channels(color)[3] ?? 1) > 0) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const faint = [];
    for (const element of document.body.querySelectorAll("*")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!hasText && !element.placeholder || !element.checkVisibility()) continue;
        const style = getComputedStyle(element, hasText ? null : "::placeholder");
        const [a, b] = [light(style.color), light(ground(element))].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) faint.push(`${element.tagName} ${element.className} ${contrast.toFixed(2)}`);
    }
    return faint.join("; ");
)js"_s;

const QString Nameless = uR"js(
    const nameOf = (element) => element.getAttribute("aria-label") || element.textContent.trim()
        || [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
    return [...document.querySelectorAll("a, button, input, [tabindex], section, form, ul")]
        .filter((element) => element.checkVisibility())
        .filter((element) => !["FORM"].includes(element.tagName))
        .filter((element) => !nameOf(element) && !element.getAttribute("aria-labelledby"))
        .map((element) => element.outerHTML).join("; ");
)js"_s;

const QString Covered = uR"js(
    return [...document.querySelectorAll("button, input")].filter((element) => element.checkVisibility())
        .filter((element) => {
            element.scrollIntoView({ block: "center" });
            const { left, top, width, height } = element.getBoundingClientRect();
            return ![0.1, 0.5, 0.9].every((part) =>
                element.contains(document.elementFromPoint(left + width * part, top + height / 2)));
        })
        .map((element) => element.outerHTML).join("; ");
)js"_s;

} // namespace switchboard::test
