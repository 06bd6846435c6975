// @ts-check
/** Brings a part of the page up to date: what stays the same keeps focus, selection and what is open. */

/**
 * Makes an element what `next`, of another document, is. What has `data-chart` is drawn by a script, and stays.
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
 * What becomes a child: the element of its id, or what stands in its place if that is of its kind and has no id.
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
