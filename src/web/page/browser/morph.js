// @ts-check
/** Updates a part of the page. Unchanged elements keep focus, selection and state. */

/**
 * Makes an element equal to `next`, an element of another document. Elements with `data-chart` are drawn by a script and kept.
 * @param {Element} now
 * @param {Element} next
 */
export function morph(now, next) {
  if (now.hasAttribute("data-chart")) return;
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  for (const { name } of [...now.attributes])
    if (name !== "open" && !next.hasAttribute(name)) now.removeAttribute(name);
  let at = now.firstChild;
  for (const child of next.childNodes) {
    const match = matchOf(now, at, child);
    if (match === at && at !== null) at = at.nextSibling;
    else now.insertBefore(match ?? document.importNode(child, true), at);
    if (match instanceof Element && child instanceof Element) morph(match, child);
    else if (match && match.nodeValue !== child.nodeValue) match.nodeValue = child.nodeValue;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/**
 * The element to reuse for a child: the one with its id, or the one at its position if that has the same tag and no id.
 * @param {Element} now
 * @param {ChildNode | null} at
 * @param {ChildNode} child
 * @returns {ChildNode | null}
 */
function matchOf(now, at, child) {
  if (child instanceof Element && child.id !== "") {
    return [...now.children].find(({ id, nodeName }) => id === child.id && nodeName === child.nodeName) ?? null;
  }
  const isKept = at instanceof Element && at.id !== "";
  return at !== null && !isKept && at.nodeName === child.nodeName ? at : null;
}
