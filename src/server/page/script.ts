/** Seconds between two looks of an open page. */
const EVERY_SECONDS = 5;

/**
 * Refreshes the page in place: what lies open stays open, what has the focus keeps it, and nothing moves while somebody
 * marks text. The style is left out: it has the nonce of another answer, which the policy of this one refuses. A server that does not answer is told, since old figures look like good ones.
 */
export const SCRIPT = `setInterval(async()=>{if(document.hidden||!getSelection().isCollapsed)return
const stale=document.getElementById("stale")
try{const answer=await fetch(location.href);if(!answer.ok)throw 0
const text=await answer.text(),next=new DOMParser().parseFromString(text.replace(/<style[^]*<\\/style>/,""),"text/html"),focus=document.activeElement?.id
for(const part of document.querySelectorAll("[data-live]")){const now=next.getElementById(part.id)
for(const one of part.querySelectorAll("details")){const same=now.querySelector("#"+CSS.escape(one.id));if(same)same.open=one.open}
part.replaceWith(now)}
document.title=next.title
if(focus&&document.activeElement?.id!==focus)document.getElementById(focus)?.focus({preventScroll:true})
stale.hidden=true}catch{stale.hidden=false}},${EVERY_SECONDS * 1000})`;
