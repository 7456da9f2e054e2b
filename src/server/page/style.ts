/** The page's style: two columns of colours, one layout for wide screens, one for narrow ones, one for paper. */
export const STYLE =
  `:root{color-scheme:light dark;--ink:#1a1c1f;--soft:#51565e;--page:#fff;--line:#d4d7dc;--link:#0b57a4;--box:#f5f6f8;
--healthy:#12612f;--late:#7a4b00;--failing:#a11212;--gap:#7d1378;--lost:#6e3a2c;--waiting:#42526b}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#aab0b9;--page:#15171a;--line:#383c43;--link:#8fc3ff;--box:#1e2126;
--healthy:#7ddc9c;--late:#f2bd62;--failing:#ff9c94;--gap:#f0a0ea;--lost:#e0b3a4;--waiting:#b3c2da}}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem 1.25rem 2rem;max-width:90rem;color:var(--ink);
background:var(--page);overflow-wrap:anywhere}a{color:var(--link)}small,.detail,footer,.old{color:var(--soft)}
h1{font-size:1.35rem;line-height:1.35;margin:.2rem 0 .4rem;border-left:.4rem solid;padding-left:.7rem}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}
h3{font-size:1rem;margin:0}ul{list-style:none;margin:0;padding:0}p{margin:.25rem 0}code{font:.9rem ui-monospace,monospace;background:var(--box);
padding:.1rem .35rem;border-radius:.25rem}.needs>li{background:var(--box);padding:.7rem .9rem;margin:.5rem 0;border-radius:.4rem}
b{font-weight:600}b::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.35em;border-radius:50%;background:currentColor}
.healthy{color:var(--healthy)}.late{color:var(--late)}.failing{color:var(--failing)}.gap{color:var(--gap)}.lost{color:var(--lost)}.waiting{color:var(--waiting)}
#stale{background:var(--failing);color:var(--page);padding:.5rem .9rem;border-radius:.4rem}
form{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin:1.6rem 0 .6rem}label{display:grid;font-size:.9rem}
input,select,button{font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .5rem;min-height:2.25rem;max-width:100%}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
details,.lines>li{border-top:1px solid var(--line);padding:.45rem 0}summary{cursor:pointer}summary bdi,.lines bdi{font-weight:600}
table{border-collapse:collapse;table-layout:fixed;width:100%;margin:.4rem 0}thead th{width:11%}thead th:first-child,thead th:nth-child(2){width:18%}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.85rem;border:0}tbody th{font-weight:600}small{display:block;font-size:.85rem}
.spark{width:7.5rem;max-width:100%;height:1rem;fill:currentColor;display:block;border-bottom:1px solid var(--line)}progress{width:7.5rem;max-width:100%;accent-color:var(--link);display:block}
@media(max-width:56rem){table,tbody,tr,td,tbody th{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding:.5rem 0;border-top:1px solid var(--line)}td,tbody th{border:0;padding:.1rem 0}td{display:grid;grid-template-columns:9.5rem 1fr}
td.nil{display:none}td::before{content:attr(data-of);color:var(--soft);font-size:.9rem}}
@media print{form,footer,#stale{display:none}body{max-width:none;padding:0}.needs>li,tr{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}}`;
