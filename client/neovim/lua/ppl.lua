-- The heat map of ppl-lsp in Neovim 0.7 and later: colors for what is visible, the sections of a
-- document as a list, and a line for the status line. It computes nothing: every number comes
-- from the server. See docs/editors/neovim.md.

local M = {}

local api, fn = vim.api, vim.fn
local namespace = api.nvim_create_namespace('ppl.heat')

local function has(version)
  return fn.has('nvim-' .. version) == 1
end

local options = {
  heat = 'findings', -- what is shown at first: on, off, findings
  debounce_ms = 150, -- how long nothing must happen before colors are asked for
  priority = 120, -- above syntax, below diagnostics
}

-- Bands 1 (mild) to 5 (strongest): { background, text, the same for terminals of 256 colors }.
-- The colors are those of the report (ppl_engine/report/palette.py); a test compares them.
local RAMPS = {
  light = {
    { '#fff3d1', '#1f1d1a', 230, 234 },
    { '#ffe3a3', '#1f1d1a', 223, 234 },
    { '#fdc164', '#1f1d1a', 215, 234 },
    { '#ee8a2e', '#1a1410', 208, 233 },
    { '#98330c', '#ffffff', 88, 231 },
  },
  dark = {
    { '#2e271b', '#efe9df', 235, 255 },
    { '#4d3b16', '#f6ecd8', 58, 255 },
    { '#7d5714', '#fff4e0', 94, 230 },
    { '#d98a24', '#17120a', 172, 233 },
    { '#ffd489', '#17120a', 222, 233 },
  },
}

-- A second cue besides color: dotted, dashed, solid, double, wavy.
local UNDERLINES = has('0.8')
    and { 'underdotted', 'underdashed', 'underline', 'underdouble', 'undercurl' }
  or { 'underdot', 'underdash', 'underline', 'underlineline', 'undercurl' }

local shown = 'findings'
local status = nil
local timers = {} -- by window
local waiting = {} -- what was asked and not answered yet, by window

local function define_highlights()
  for band, colors in ipairs(RAMPS[vim.o.background] or RAMPS.dark) do
    api.nvim_set_hl(0, 'PplBand' .. band, {
      bg = colors[1],
      fg = colors[2],
      ctermbg = colors[3],
      ctermfg = colors[4],
      [UNDERLINES[band]] = true,
    })
    -- A color scheme or a user may have said something else.
    api.nvim_set_hl(0, 'PplSurprise' .. band, { link = 'PplBand' .. band, default = true })
  end
end

local function clients_of(buf)
  local found = has('0.10') and vim.lsp.get_clients({ bufnr = buf }) or vim.lsp.buf_get_clients(buf)
  local ours = {}
  for _, client in pairs(found) do
    local commands = (client.server_capabilities or {}).executeCommandProvider
    if commands and vim.tbl_contains(commands.commands or {}, 'ppl.pause') then
      table.insert(ours, client)
    end
  end
  return ours
end

local function request(client, buf, method, params, handler)
  if has('0.11') then return client:request(method, params, handler, buf) end
  return client.request(method, params, handler, buf)
end

local function cancel(client, id)
  if has('0.11') then return client:cancel_request(id) end
  return client.cancel_request(id)
end

-- The byte that a character of the protocol stands for, in a line.
local function column(line, character, encoding)
  if encoding == 'utf-8' then return math.min(character, #line) end
  local ok, byte
  if has('0.11') then
    ok, byte = pcall(vim.str_byteindex, line, encoding, character, false)
  else
    ok, byte = pcall(vim.str_byteindex, line, character, encoding ~= 'utf-32')
  end
  return ok and byte or #line
end

local function draw(buf, first, last, bands, encoding)
  local lines = api.nvim_buf_get_lines(buf, 0, -1, false)
  api.nvim_buf_clear_namespace(buf, namespace, first, last + 1)
  for _, band in ipairs(bands) do
    local from, to = band.range.start, band.range['end']
    local start_line, end_line = lines[from.line + 1], lines[to.line + 1]
    if start_line and end_line then
      api.nvim_buf_set_extmark(buf, namespace, from.line, column(start_line, from.character, encoding), {
        end_row = to.line,
        end_col = column(end_line, to.character, encoding),
        hl_group = 'PplSurprise' .. band.band,
        priority = options.priority,
      })
    end
  end
end

local function visible(win)
  local lines = api.nvim_win_call(win, function() return { fn.line('w0'), fn.line('w$') } end)
  return lines[1] - 1, lines[2] - 1
end

-- Ask for the colors of what a window shows.
local function ask(win)
  if shown ~= 'on' or not api.nvim_win_is_valid(win) then return end
  local buf = api.nvim_win_get_buf(win)
  local client = clients_of(buf)[1]
  if not client then return end
  local first, last = visible(win)
  local tick = api.nvim_buf_get_changedtick(buf)
  local before = waiting[win]
  if before then cancel(before.client, before.id) end
  local mine = { client = client }
  waiting[win] = mine
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buf),
    range = { start = { line = first, character = 0 }, ['end'] = { line = last + 1, character = 0 } },
  }
  local _, id = request(client, buf, 'ppl/heatMap', params, function(failure, heat)
    if waiting[win] ~= mine then return end
    waiting[win] = nil
    -- Of a text that was edited meanwhile another answer is on its way.
    local is_same = api.nvim_buf_is_valid(buf) and api.nvim_buf_get_changedtick(buf) == tick
    if failure or not heat or not heat.isScored or not is_same or shown ~= 'on' then return end
    draw(buf, first, last, heat.bands, client.offset_encoding)
  end)
  mine.id = id
  if not id then waiting[win] = nil end
end

local function ask_soon(win)
  if shown ~= 'on' then return end
  local timer = timers[win]
  if not timer then
    timer = vim.loop.new_timer()
    timers[win] = timer
  end
  timer:stop()
  timer:start(options.debounce_ms, 0, vim.schedule_wrap(function() ask(win) end))
end

local function set_diagnostics(is_on)
  for _, buf in ipairs(api.nvim_list_bufs()) do
    for _, client in ipairs(clients_of(buf)) do
      for _, is_pull in ipairs({ false, true }) do
        local ns = vim.lsp.diagnostic.get_namespace(client.id, is_pull)
        if has('0.10') then
          vim.diagnostic.enable(is_on, { bufnr = buf, ns_id = ns })
        else
          vim.diagnostic[is_on and 'enable' or 'disable'](buf, ns)
        end
      end
    end
  end
end

local function ask_everywhere()
  if shown == 'off' then set_diagnostics(false) end -- a buffer may have come since
  for _, win in ipairs(api.nvim_list_wins()) do
    ask_soon(win)
  end
end

local function forget(win)
  local timer = timers[win]
  if timer then timer:close() end
  timers[win], waiting[win] = nil, nil
end

--- Show the heat map (`on`), findings alone (`findings`), or nothing (`off`); without a word: what is shown?
function M.heat(what)
  if not what or what == '' then return shown end
  assert(vim.tbl_contains({ 'on', 'off', 'findings' }, what), 'ppl: on, off or findings, not ' .. what)
  shown = what
  set_diagnostics(what ~= 'off')
  if what == 'on' then
    ask_everywhere()
  else
    for _, buf in ipairs(api.nvim_list_bufs()) do
      api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
    end
  end
end

local function described(section)
  local parts = {}
  if type(section.perplexity) == 'number' then
    table.insert(parts, string.format('perplexity %.1f', section.perplexity))
  end
  if type(section.bitsPerWord) == 'number' then
    table.insert(parts, string.format('%.1f bits per word', section.bitsPerWord))
  end
  table.insert(parts, section.nWords .. (section.nWords == 1 and ' word' or ' words'))
  if section.nFindings > 0 then
    table.insert(parts, section.nFindings .. (section.nFindings == 1 and ' finding' or ' findings'))
  end
  return section.title .. ': ' .. table.concat(parts, ' · ')
end

--- Fill the location list with the sections of the document, and open it.
function M.profile()
  local win, buf = api.nvim_get_current_win(), api.nvim_get_current_buf()
  local client = clients_of(buf)[1]
  if not client then return vim.notify('ppl: no server for this buffer', vim.log.levels.WARN) end
  local params = { textDocument = vim.lsp.util.make_text_document_params(buf) }
  request(client, buf, 'ppl/profile', params, function(failure, profile)
    if failure then return vim.notify('ppl: ' .. failure.message, vim.log.levels.WARN) end
    if not profile.isScored then return vim.notify(profile.message, vim.log.levels.INFO) end
    if not (api.nvim_win_is_valid(win) and api.nvim_buf_is_valid(buf)) then return end
    local items = {}
    for _, section in ipairs(profile.sections) do
      table.insert(items, {
        bufnr = buf,
        lnum = section.range.start.line + 1,
        col = 1,
        -- Blanks at the beginning are not shown.
        text = string.rep('· ', math.max(0, section.level - 1)) .. described(section),
      })
    end
    fn.setloclist(win, {}, ' ', { title = 'ppl: profile', items = items })
    api.nvim_win_call(win, function() vim.cmd('lopen') end)
  end)
end

--- What the server is doing, for a status line; empty before it has said anything.
function M.status()
  return status and status.message or ''
end

--- Define highlights and commands, and keep the colors up with the text.
function M.setup(given)
  options = vim.tbl_extend('force', options, given or {})
  define_highlights()
  vim.lsp.handlers['ppl/status'] = function(_, result)
    status = result
    vim.cmd('redrawstatus')
    -- What was not scored when it was asked for may be scored now.
    if result.state == 'ready' then ask_everywhere() end
  end
  local group = api.nvim_create_augroup('ppl', { clear = true })
  local function on(events, callback)
    api.nvim_create_autocmd(events, { group = group, callback = callback })
  end
  on({ 'TextChanged', 'TextChangedI', 'BufWinEnter', 'VimResized' }, ask_everywhere)
  on('WinScrolled', function(event) ask_soon(tonumber(event.match) or api.nvim_get_current_win()) end)
  on('WinClosed', function(event) forget(tonumber(event.match)) end)
  on('ColorScheme', define_highlights)
  api.nvim_create_autocmd('OptionSet', { group = group, pattern = 'background', callback = define_highlights })
  api.nvim_create_user_command('PplHeat', function(command)
    if command.args == '' then return print('ppl: ' .. M.heat()) end
    M.heat(command.args)
  end, { nargs = '?', complete = function() return { 'on', 'off', 'findings' } end, desc = 'Color words by their surprisal' })
  api.nvim_create_user_command('PplProfile', M.profile, { desc = 'List the sections with their perplexity' })
  M.heat(options.heat)
end

return M
